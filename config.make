# SPDX-License-Identifier: EUPL-1.2
#
# nginx's configure reads this when it has written its Makefile. Adds what only the sources of these modules are
# compiled with: their include paths, what GNU adds to the system's headers (whichever of them comes before nginx's,
# which need it for QUIC), hidden symbols (so that two builds of a module in one nginx, as at a reload that names other
# files, do not take each other's), and GGI_CFLAGS, which make may be given. Makes ggi_seam_digest.h, the digest of all
# headers that the core and the gates share: modules of different builds refuse each other by it.

ggi_objs=$(for ggi_src in $ggi_srcs; do
    echo "$NGX_OBJS/addon/$(basename "$(dirname "$ggi_src")")/$(basename "$ggi_src" .c).o"
done | sort -u | tr '\n' ' ')

ggi_incs=$(for ggi_src in $ggi_srcs; do echo "-I $(dirname "$ggi_src")"; done | sort -u | tr '\n' ' ')

ggi_seam=$(find "$ggi_dir/base" "$ggi_dir/dienst" -name '*.h' | LC_ALL=C sort | tr '\n' ' ')

cat << END >> $NGX_MAKEFILE

$NGX_OBJS/ggi_seam_digest.h: $ggi_seam
	digest=\$\$(cat $ggi_seam | sha256sum | cut -c 1-16) && \\
	printf '#define GGI_SEAM  "%s"\\n' "\$\$digest" > \$@

$ggi_objs: $NGX_OBJS/ggi_seam_digest.h
$ggi_objs: CFLAGS += -std=gnu11 -D_GNU_SOURCE= -fvisibility=hidden $ggi_incs\$(GGI_CFLAGS)

END
