# The policies themselves, installed as they stand.
rulesdir = $(datadir)/tidu/rules
EXTRA_DIST += rules

install-data-local:
	@cd $(srcdir)/rules && find . \( -name '*.md' -o -name '*.lua' \) | LC_ALL=C sort | \
	while read file; do \
	  $(MKDIR_P) "$(DESTDIR)$(rulesdir)/$$(dirname $$file)" && \
	  $(INSTALL_DATA) "$$file" "$(DESTDIR)$(rulesdir)/$$file" || exit 1; \
	done

uninstall-local:
	rm -rf "$(DESTDIR)$(rulesdir)"
