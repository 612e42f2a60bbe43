EXTRA_DIST += contrib/samples contrib/import contrib/CHANGES.md contrib/start
