dist_doc_DATA = contrib/tidud.conf contrib/CHANGES.md
EXTRA_DIST += contrib/demo-local contrib/samples contrib/import contrib/start
