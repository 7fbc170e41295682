#!/bin/sh
# Makes the pictures of this folder, by programs that people use. Not run by tests, which have the pictures. On Debian 12:
#   apt-get install --no-install-recommends apngasm libjpeg-turbo-progs netpbm webp
#
# All show the same gradient, which looks different from each side. Moving ones end with another frame.
set -eu
cd "$(dirname "$0")"
trap 'rm -f ./*.p?m ./*.log frame?.png second.webp' EXIT

python3 - <<'SCRIPT'
for name, blue in [("first", 40), ("second", 200)]:
    pixels = bytes(value for y in range(16) for x in range(24) for value in (x * 10, y * 15, blue))
    with open(f"{name}.ppm", "wb") as file:
        file.write(b"P6\n24 16\n255\n" + pixels)
SCRIPT
pgmramp -ellipse 24 16 >first.pgm

pnmtopng -quiet first.ppm >plain.png
pnmtopng -quiet -interlace -gamma 0.45455 first.ppm >interlaced.png
pnmtopng -quiet -alpha first.pgm first.ppm >clear.png
pnmtopng -quiet first.ppm >frame1.png
pnmtopng -quiet second.ppm >frame2.png
apngasm animated.png frame1.png frame2.png >apngasm.log

cjpeg -quality 85 first.ppm >plain.jpg
cjpeg -quality 85 -progressive first.ppm >progressive.jpg
cjpeg -quality 85 -restart 1B first.ppm >restarts.jpg
cjpeg -quality 85 -rgb first.ppm >adobe.jpg
cjpeg -quality 85 -grayscale first.ppm >grey.jpg

cwebp -quiet -q 80 plain.png -o lossy.webp
cwebp -quiet -lossless plain.png -o lossless.webp
cwebp -quiet -q 80 clear.png -o clear.webp
cwebp -quiet -lossless frame2.png -o second.webp
webpmux -frame lossy.webp +100 -frame second.webp +100 -loop 0 -o animated.webp 2>webpmux.log
