# SPDX-License-Identifier: EUPL-1.2
# What conf/, scripts/mmdb and scripts/pki say of a checkout and of /usr/local, as it is where the package is installed.
/^`scripts\/run /,/^$/d
/^## The image$/,/^## /{/^## The image$/d;/^## /!d}
/^#   install -m 644 conf\/systemd\//d
s,/usr/local/bin/,/usr/bin/,g
s,scripts/ggictl,ggictl,g
s,(dirname\(__FILE__\) \. '/)\.\./t/lib,\1lib,
s,scripts/(mmdb|pki),/usr/share/ggictl/\1,g
s,install -m 644 conf/,install -m 644 /usr/share/doc/ggictl/examples/,g
s,(mmdb|check|--register) conf/,\1 /usr/share/doc/ggictl/examples/,g
s,([(] *)modules/([a-z]+)/README.md,\1/usr/share/doc/ggictl/modules/\2/README.md,g
