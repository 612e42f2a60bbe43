dist_man_MANS = contrib/man/tidud.8 contrib/man/tidud.conf.5
dist_doc_DATA = contrib/tidud.conf contrib/CHANGES.md
EXTRA_DIST += contrib/systemd contrib/demo-local contrib/samples contrib/import contrib/start
