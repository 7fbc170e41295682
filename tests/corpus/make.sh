#!/bin/sh
# Makes the corpus: files of many formats, written by the programs that people use, each cut to its first 4 KiB.
#
# Not run in CI, which has the files. On Debian 12:
#   apt-get install --no-install-recommends arj cpio default-jdk-headless ffmpeg flac genisoimage ghostscript gpgsm \
#     imagemagick jlha-utils lame libheif-examples libjxl-tools libopenjp2-tools librsvg2-bin libreoffice-calc-nogui \
#     libreoffice-draw-nogui libreoffice-impress-nogui libreoffice-writer-nogui lz4 lzip lzop ncompress opus-tools \
#     p7zip-full qemu-utils rpm sqlite3 squashfs-tools vorbis-tools webp zip zstd
#   python3 -m venv venv && venv/bin/pip install openpyxl==3.1.5 python-docx==1.2.0 python-pptx==1.0.2 reportlab==4.4.4 \
#     fonttools==4.60.1 brotli==1.1.0 xlwt==1.3.0 numpy h5py pyarrow fastavro
#   PYTHON=venv/bin/python ./make.sh
#
# What each file is stands in `tests/it/http/corpus.rs`, which is written by hand.
set -u
out=$(cd "$(dirname "$0")" && pwd)/files
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME="$work" GNUPGHOME="$work/gnupg" LC_ALL=C.UTF-8
mkdir -p "$out" gnupg made && chmod 700 gnupg
im=$(command -v magick || echo /usr/bin/convert-im6.q16)

# Pictures.
"$im" -size 96x64 plasma:fractal -depth 8 photo.png
for kind in jpg gif bmp tif pcx tga xbm xpm pbm pgm ppm pnm ico cur psd dds fits hdr; do
  "$im" photo.png "made/image.$kind" 2>/dev/null || rm -f "made/image.$kind"
done
[ -f made/image-0.ico ] && mv made/image-0.ico made/image.ico
"$im" photo.png -compress none made/plain.ppm
"$im" photo.png tiff64:made/big.tif
"$im" photo.png bmp2:made/old.bmp
"$im" -size 400x400 xc: +noise Random -define png:compression-level=1 made/large.png
cp made/image.jpg made/image.jpe
cwebp -quiet photo.png -o made/lossy.webp
cwebp -quiet -lossless photo.png -o made/lossless.webp
heif-enc photo.png -o made/image.heic >/dev/null 2>&1
heif-enc -A photo.png -o made/image.avif >/dev/null 2>&1
cjxl photo.png made/image.jxl >/dev/null 2>&1
cjxl --container=1 photo.png made/container.jxl >/dev/null 2>&1
opj_compress -i made/image.ppm -o made/image.jp2 >/dev/null 2>&1
opj_compress -i made/image.ppm -o made/stream.j2k >/dev/null 2>&1
quiet="ffmpeg -nostdin -loglevel error -y"
for kind in exr qoi apng; do
  $quiet -loop 1 -t 0.1 -i photo.png -frames:v 1 "made/image.$kind"
done
printf '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>\n' > made/image.svg
printf '<?xml version="1.0" encoding="UTF-8"?>\n<!-- by hand -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg/>\n' > made/declared.svg
gzip -cn made/image.svg > made/image.svgz

# Films and sounds.
$quiet -f lavfi -i testsrc=size=64x48:rate=10 -f lavfi -i sine -t 1 -pix_fmt yuv420p film.mkv
for kind in mp4 mov mkv avi mpg wmv flv 3gp ts m2ts vob m4v; do
  case $kind in
    3gp) codecs="-c:v mpeg4 -c:a aac -ar 8000 -ac 1" ;;
    flv) codecs="-c:v flv1 -c:a libmp3lame -ar 11025" ;;
    avi) codecs="-c:v mpeg4 -c:a libmp3lame" ;;
    mpg | vob) codecs="-c:v mpeg2video -r 25 -c:a mp2" ;;
    wmv) codecs="-c:v wmv2 -c:a wmav2" ;;
    *) codecs="-c:v libx264 -c:a aac" ;;
  esac
  # shellcheck disable=SC2086
  $quiet -i film.mkv $codecs "made/film.$kind"
done
$quiet -i film.mkv -c:v libx264 -c:a aac -movflags +faststart made/fast.mp4
$quiet -i film.mkv -c:v libx264 -c:a aac -movflags +frag_keyframe+empty_moov made/pieces.mp4
$quiet -i film.mkv -c:v libvpx -c:a libvorbis made/film.webm
$quiet -i film.mkv -c:v libtheora -c:a libvorbis made/film.ogv
$quiet -i film.mkv -vn -c:a libopus -f webm made/sound.weba
cp made/film.ogv made/film.ogg
$quiet -f lavfi -i sine=frequency=300 -t 1 -ac 1 sound.wav
for kind in wav mp3 mp2 ogg opus m4a aac aiff au wma ac3 caf mka wv tta spx; do
  $quiet -i sound.wav "made/sound.$kind"
done
lame --quiet --resample 11.025 -t sound.wav made/low.mp3
lame --quiet --resample 22.05 -t sound.wav made/middle.mp3
lame --quiet --tt title --id3v2-only sound.wav made/tagged.mp3
lame --quiet --tt title --id3v1-only sound.wav made/old-tag.mp3
flac --silent -o made/sound.flac sound.wav
$quiet -i sound.wav -metadata title=x -id3v2_version 3 tagged.mp3
"$python" - <<'PY'
tag = open("tagged.mp3", "rb").read()
size = (tag[6] << 21) | (tag[7] << 14) | (tag[8] << 7) | tag[9]
open("made/tagged.flac", "wb").write(tag[: 10 + size] + open("made/sound.flac", "rb").read())
# A song of one note, as the standard has it.
open("made/song.mid", "wb").write(
    b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\x0c\0\x90\x3c\x40\x60\x80\x3c\x40\0\xff\x2f\0"
)
PY
oggenc --quiet -o made/voice.oga sound.wav
printf '#EXTM3U\n#EXTINF:1,Sound\nsound.mp3\n' > made/list.m3u
printf '#EXTM3U\n#EXT-X-VERSION:3\n' > made/list.m3u8
printf '1\n00:00:01,000 --> 00:00:02,000\nHello\n' > made/film.srt
printf 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n' > made/film.vtt

# Documents.
printf 'Name,Place\nJosé,München\n' > table.csv
printf 'Hello, world.\n' > letter.txt
office() {
  soffice --headless --norestore "-env:UserInstallation=file://$work/office" --convert-to "$1" --outdir made "$2" >/dev/null 2>&1
}
for kind in doc docx odt ott rtf fodt dotx docm epub pdf; do office $kind letter.txt; done
for kind in xls xlsx ods ots xlsm xltx fods; do office $kind table.csv; done
"$python" - <<'PY'
import docx, openpyxl, pptx, xlwt, zipfile
from reportlab.pdfgen.canvas import Canvas
document = docx.Document(); document.add_paragraph("Hello"); document.save("made/python.docx")
book = openpyxl.Workbook(); book.active["A1"] = 1; book.save("made/python.xlsx")
book = xlwt.Workbook(); book.add_sheet("a").write(0, 0, 1); book.save("made/python.xls")
show = pptx.Presentation(); show.slides.add_slide(show.slide_layouts[0]); show.save("made/python.pptx")
page = Canvas("made/python.pdf"); page.drawString(99, 99, "Hello"); page.save()
PY
cp made/python.pptx show.pptx && cp made/image.svg drawing.svg
for kind in pptx ppt odp otp ppsx potx; do office $kind show.pptx; done
for kind in odg emf wmf; do office $kind drawing.svg; done
"$python" - <<'PY'
pdf = open("made/python.pdf", "rb").read()
open("made/marked.pdf", "wb").write(b"\xef\xbb\xbf" + pdf)
open("made/line.pdf", "wb").write(b"\r\n" + pdf)
open("made/printer.pdf", "wb").write(b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + pdf)
PY
gs -q -dBATCH -dNOPAUSE -sDEVICE=ps2write -sOutputFile=made/page.ps made/python.pdf
gs -q -dBATCH -dNOPAUSE -sDEVICE=eps2write -sOutputFile=made/page.eps made/python.pdf
"$python" - <<'PY'
import struct
eps, tiff = open("made/page.eps", "rb").read(), open("made/image.tif", "rb").read()
head = struct.pack("<4sIIIIIIH", b"\xc5\xd0\xd3\xc6", 32, len(eps), 0, 0, 32 + len(eps), len(tiff), 0xFFFF)
open("made/preview.eps", "wb").write(head.ljust(32, b"\0") + eps + tiff)
PY

# Archives.
mkdir folder && cp letter.txt table.csv photo.png folder
zip -qr made/archive.zip folder
zip -q made/gone.zip letter.txt && zip -qd made/gone.zip letter.txt 2>/dev/null
printf 'PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' > made/empty.zip && rm -f made/gone.zip
for format in v7 oldgnu gnu ustar posix; do tar --format=$format -cf made/$format.tar folder; done
tar -cf made/nothing.tar -T /dev/null
tar -czf made/archive.tar.gz folder && cp made/archive.tar.gz made/archive.tgz
tar -cjf made/archive.tar.bz2 folder
tar -cJf made/archive.tar.xz folder
gzip -kc letter.txt > made/letter.txt.gz
bzip2 -kc letter.txt > made/letter.bz2
xz -kc letter.txt > made/letter.xz
xz --format=lzma -kc letter.txt > made/letter.lzma
zstd -q -c letter.txt > made/letter.zst
lz4 -q -c letter.txt > made/letter.lz4
lzip -c letter.txt > made/letter.lz
lzop -c letter.txt > made/letter.lzo 2>/dev/null
compress -c folder/photo.png > made/photo.Z
7z a -bso0 made/archive.7z folder
arj a -y made/archive.arj letter.txt >/dev/null
jlha c made/archive.lzh letter.txt >/dev/null 2>&1 || lha c made/archive.lzh letter.txt >/dev/null 2>&1
for format in newc odc crc bin; do (cd folder && ls | cpio -o -H $format 2>/dev/null) > made/$format.cpio; done
ar rc made/library.a letter.txt
mksquashfs folder made/folder.squashfs -quiet -no-progress >/dev/null
genisoimage -quiet -o made/disc.iso folder
qemu-img create -q -f qcow2 made/disk.qcow2 1M

# Programs and packages.
printf 'int main(void) { return 0; }\n' > main.c && gcc -o made/program.elf main.c
printf 'class Main { }\n' > Main.java && javac Main.java && cp Main.class made/Main.class
jar cf made/main.jar Main.class
mkdir -p package/DEBIAN && printf 'Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: a\n' > package/DEBIAN/control
dpkg-deb --build package made/package.deb >/dev/null 2>&1
printf 'Name: a\nVersion: 1\nRelease: 1\nSummary: a\nLicense: MIT\nBuildArch: noarch\n%%description\na\n%%files\n' > a.spec
rpmbuild --quiet --define "_topdir $work/rpm" -bb a.spec >/dev/null 2>&1; cp rpm/RPMS/noarch/*.rpm made/package.rpm
printf '@echo off\r\necho Hello\r\n' > made/run.bat
printf '#!/bin/sh\necho hello\n' > made/run.sh
printf '\0asm\1\0\0\0' > made/empty.wasm

# Fonts.
"$python" - <<'PY'
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont, TTCollection
def font(is_ttf):
    builder = FontBuilder(1000, isTTF=is_ttf); builder.setupGlyphOrder([".notdef"]); builder.setupCharacterMap({})
    if is_ttf:
        builder.setupGlyf({".notdef": TTGlyphPen(None).glyph()})
    else:
        builder.setupCFF("A", {}, {".notdef": T2CharStringPen(500, None).getCharString()}, {})
    builder.setupHorizontalMetrics({".notdef": (500, 0)}); builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": "A"}); builder.setupOS2(); builder.setupPost()
    return builder.font
font(True).save("made/font.ttf"); font(False).save("made/font.otf")
for flavor in ["woff", "woff2"]:
    web = TTFont("made/font.ttf"); web.flavor = flavor; web.save("made/font." + flavor)
collection = TTCollection(); collection.fonts = [TTFont("made/font.ttf"), TTFont("made/font.ttf")]; collection.save("made/fonts.ttc")
PY

# Data.
sqlite3 made/data.sqlite 'create table a(b);'
"$python" - <<'PY'
import fastavro, h5py, numpy, plistlib, pyarrow, pyarrow.feather, pyarrow.parquet
table = pyarrow.table({"a": [1, 2]})
pyarrow.parquet.write_table(table, "made/data.parquet"); pyarrow.feather.write_feather(table, "made/data.feather", compression="uncompressed")
with h5py.File("made/data.h5", "w") as file: file["a"] = numpy.arange(4)
numpy.save("made/data.npy", numpy.arange(4)); numpy.savez("made/data.npz", a=numpy.arange(4))
with open("made/data.avro", "wb") as file:
    fastavro.writer(file, {"type": "record", "name": "a", "fields": [{"name": "b", "type": "int"}]}, [{"b": 1}])
for name, form in [("xml", plistlib.FMT_XML), ("binary", plistlib.FMT_BINARY)]:
    open(f"made/{name}.plist", "wb").write(plistlib.dumps({"a": 1}, fmt=form))
PY

# Keys and signatures.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a -days 9 2>/dev/null
cp cert.pem made/cert.pem && cp cert.pem made/cert.crt && cp key.pem made/private.key
openssl x509 -in cert.pem -outform der -out made/cert.der && cp made/cert.der made/cert.cer
{ printf 'Bag Attributes\n    friendlyName: a\nsubject=CN = a\n'; cat cert.pem; } > made/bag.pem
{ printf '\n# our certificate\n\n'; cat cert.pem; } > made/comment.crt
openssl req -new -key key.pem -subj /CN=a -out made/request.csr
openssl req -new -key key.pem -subj /CN=a -outform der -out made/request-der.csr
openssl pkcs8 -topk8 -nocrypt -in key.pem -outform der -out made/key.p8
openssl pkcs12 -export -inkey key.pem -in cert.pem -passout pass:a -out made/store.p12 && cp made/store.p12 made/store.pfx
openssl crl2pkcs7 -nocrl -certfile cert.pem -out made/chain.p7b
openssl crl2pkcs7 -nocrl -certfile cert.pem -outform der -out made/chain-der.p7b
openssl smime -sign -in letter.txt -signer cert.pem -inkey key.pem -outform der -out made/signature.p7s
openssl smime -sign -nodetach -in letter.txt -signer cert.pem -inkey key.pem -outform der -out made/signed.p7m
openssl smime -encrypt -in letter.txt -outform der -out made/secret.p7m cert.pem
: > index.txt; printf '01\n' > number
printf '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=9\n' > ca.cnf
openssl ca -config ca.cnf -gencrl -keyfile key.pem -cert cert.pem -out list.pem 2>/dev/null
openssl crl -in list.pem -outform der -out made/list.crl && cp list.pem made/list-pem.crl
gpg --batch --quiet --passphrase '' --quick-generate-key a@b.c rsa2048 sign never 2>/dev/null
gpg --batch --quiet --armor --export > made/key.asc
gpg --batch --quiet --armor --detach-sign -o made/letter.asc letter.txt
gpg --batch --quiet --detach-sign -o made/letter.sig letter.txt
gpg --batch --quiet --armor --detach-sign -o made/armoured.sig letter.txt
gpg --batch --quiet --passphrase a --symmetric -o made/letter.gpg letter.txt
keytool -genkeypair -storetype jks -alias a -dname CN=a -keyalg RSA -storepass aaaaaa -keypass aaaaaa -keystore made/store.jks 2>/dev/null

# Text.
printf '# Notes\n\nA document begins with %%PDF-1.7.\n' > made/notes.md
printf 'name,begins\nPDF,%%PDF-1.4\n' > made/formats.csv
printf '{"begins": "%%PDF-1.7"}\n' > made/formats.json
printf 'MAGIC = b"%%PDF-1.7"\n' > made/magic.py
printf '12:00 found %%PDF-1.5 in upload\n' > made/server.log
printf 'From: a@b.c\nTo: a@b.c\nSubject: PDF\n\n%%PDF-1.4 is where it begins.\n' > made/mail.eml
printf '\\documentclass{article}\n%%PDF-1.4 is a comment here\n' > made/paper.tex
printf 'a\tb\n' > made/table.tsv
printf '<!doctype html>\n<title>a</title>\n' > made/page.html
printf '<?xml version="1.0"?>\n<a/>\n' > made/data.xml
printf 'a: 1\n' > made/data.yaml
printf 'a = 1\n' > made/data.toml
printf '{"a":1}\n{"a":2}\n' > made/lines.ndjson
printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n' > made/date.ics
printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n' > made/person.vcf
printf '<gpx version="1.1"/>\n' > made/track.gpx
printf '<kml xmlns="http://www.opengis.net/kml/2.2"/>\n' > made/place.kml
printf 'solid a\nendsolid a\n' > made/thing.stl
printf 'v 0 0 0\nf 1 1 1\n' > made/thing.obj
printf '[a]\nb=1\n' > made/settings.ini
diff -u letter.txt table.csv > made/change.patch
for encoding in SHIFT_JIS EUC-JP ISO-2022-JP UTF-16LE UTF-16BE UTF-16; do
  printf '名前,場所\n山田,東京\nコーヒー,１２０円\n' | iconv -t $encoding > "made/japanese-$encoding.csv"
done
for encoding in GBK GB18030; do printf '姓名,地点\n王伟,北京\n' | iconv -t $encoding > "made/chinese-$encoding.csv"; done
printf '姓名,地點\n王偉,臺北\n' | iconv -t BIG5 > made/taiwan-BIG5.csv
printf '이름,장소\n김철수,서울\n' | iconv -t CP949 > made/korean-CP949.csv
for encoding in CP1251 KOI8-R ISO-8859-5 CP866; do
  printf 'имя;город\nИван;Москва\nАнна;Санкт-Петербург и его окрестности\n' | iconv -t $encoding > "made/russian-$encoding.csv"
done
printf 'όνομα;πόλη\nΜαρία;Αθήνα\n' | iconv -t CP1253 > made/greek-CP1253.csv
printf 'שם,עיר\nדוד,ירושלים\n' | iconv -t CP1255 > made/hebrew-CP1255.csv
printf 'اسم,مدينة\nمحمد,القاهرة\n' | iconv -t CP1256 > made/arabic-CP1256.csv
printf 'ชื่อ,เมือง\nสมชาย,กรุงเทพ\n' | iconv -t TIS-620 > made/thai-TIS-620.csv
printf '<?xml version="1.0" encoding="windows-1251"?>\n<имя>Иван</имя>\n' | iconv -t CP1251 > made/russian.xml
printf '<!doctype html><meta charset=shift_jis><title>日本</title>\n' | iconv -t SHIFT_JIS > made/japanese.html
printf 'name,size\r\na,1\r\n\032' > made/dos.csv
printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\00012:00 started\n12:01 stopped\n' > made/cut.log
printf '8=FIX.4.2\0019=65\00135=A\00149=SERVER\00156=CLIENT\00134=177\00110=062\001' > made/order.fix
printf '\001{1:F01BANKBEBBAXXX0000000000}{2:I103BANKDEFFXXXXN}{4:\r\n:20:1\r\n-}\003' > made/swift.txt

rm -f "$out"/*
cd made && for file in *; do
  [ -s "$file" ] && head -c 4096 "$file" > "$out/$file"
done
ls "$out" | wc -l
