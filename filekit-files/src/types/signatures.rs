//! Which bytes at which place tell a format, as data; what takes more than comparing bytes is in `sniff.rs`.

/// A file with these bytes at this place is of that type. Of several that fit the first counts.
pub(super) struct Signature {
    pub(super) at: usize,
    pub(super) bytes: &'static [u8],
    pub(super) mime: &'static str,
}

const fn starts(bytes: &'static [u8], mime: &'static str) -> Signature {
    has(0, bytes, mime)
}

const fn has(at: usize, bytes: &'static [u8], mime: &'static str) -> Signature {
    Signature { at, bytes, mime }
}

/// Shorter ones than three bytes are met by chance. What consists of letters alone counts only where the file is no text.
pub(super) const SIGNATURES: &[Signature] = &[
    // Pictures.
    starts(b"\xff\xd8\xff", "image/jpeg"),
    starts(b"GIF87a", "image/gif"),
    starts(b"GIF89a", "image/gif"),
    starts(b"II*\0\x10\0\0\0CR", "image/x-canon-cr2"),
    starts(b"II*\0", "image/tiff"),
    starts(b"MM\0*", "image/tiff"),
    starts(b"II+\0\x08\0", "image/tiff"),
    starts(b"MM\0+\0\x08", "image/tiff"),
    starts(b"IIRO", "image/x-olympus-orf"),
    starts(b"IIRS", "image/x-olympus-orf"),
    starts(b"MMOR", "image/x-olympus-orf"),
    starts(b"IIU\0", "image/x-panasonic-rw2"),
    starts(b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    starts(b"icns", "image/x-icns"),
    starts(b"\xff\x0a", "image/jxl"),
    starts(b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    starts(b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    starts(b"\xff\x4f\xff\x51", "image/jp2"),
    starts(b"II\xbc\x01", "image/vnd.ms-photo"),
    starts(b"8BPS\0\x01", "image/vnd.adobe.photoshop"),
    starts(b"8BPS\0\x02", "image/vnd.adobe.photoshop"),
    starts(b"gimp xcf ", "image/x-xcf"),
    starts(b"AT&TFORM", "image/vnd.djvu"),
    starts(b"AC10", "image/vnd.dwg"),
    starts(b"\xd7\xcd\xc6\x9a", "image/wmf"),
    starts(b"\x01\0\x09\0\0\x03", "image/wmf"),
    has(40, b" EMF", "image/emf"),
    starts(b"v/1\x01", "image/x-exr"),
    starts(b"#?RADIANCE\n", "image/vnd.radiance"),
    starts(b"#?RGBE\n", "image/vnd.radiance"),
    starts(b"SIMPLE  =                    T", "image/fits"),
    starts(b"DDS \x7c\0\0\0", "image/x-dds"),
    starts(b"\xabKTX 11\xbb\r\n\x1a\n", "image/ktx"),
    starts(b"\xabKTX 20\xbb\r\n\x1a\n", "image/ktx2"),
    starts(b"qoif\0", "image/qoi"),
    // Sounds and films.
    starts(b"fLaC", "audio/flac"),
    starts(b"MThd\0\0\0\x06", "audio/midi"),
    starts(b"#!AMR\n", "audio/amr"),
    starts(b"#!AMR-WB\n", "audio/amr"),
    starts(b".snd\0\0", "audio/basic"),
    starts(b"caff\0\x01", "audio/x-caf"),
    starts(b"MAC \x96\x0f", "audio/x-ape"),
    starts(b"MAC ", "audio/x-ape"),
    starts(b"wvpk", "audio/x-wavpack"),
    starts(b"TTA1", "audio/x-tta"),
    starts(b"MPCK", "audio/x-musepack"),
    starts(b"MP+", "audio/x-musepack"),
    starts(b"DSD \x1c\0\0\0", "audio/x-dsf"),
    starts(b"\x7f\xfe\x80\x01", "audio/vnd.dts"),
    starts(b"FLV\x01", "video/x-flv"),
    starts(b".RMF\0\0", "application/vnd.rn-realmedia"),
    starts(b"\0\0\x01\xba", "video/mpeg"),
    starts(b"\0\0\x01\xb3", "video/mpeg"),
    // Documents.
    starts(b"{\\rtf", "application/rtf"),
    starts(b"%!PS", "application/postscript"),
    starts(b"\x04%!PS", "application/postscript"),
    // With a preview in front (Adobe, "EPSF Specification", section 5).
    starts(b"\xc5\xd0\xd3\xc6", "application/postscript"),
    starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    has(60, b"BOOKMOBI", "application/x-mobipocket-ebook"),
    starts(b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
    starts(b"ITSF\x03\0\0\0", "application/vnd.ms-htmlhelp"),
    // Archives, and what is packed.
    starts(b"\x1f\x8b\x08", "application/gzip"),
    starts(b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    starts(b"Rar!\x1a\x07", "application/vnd.rar"),
    starts(b"\xfd7zXZ\0", "application/x-xz"),
    starts(b"\x28\xb5\x2f\xfd", "application/zstd"),
    starts(b"\x04\x22\x4d\x18", "application/x-lz4"),
    starts(b"\x02\x21\x4c\x18", "application/x-lz4"),
    starts(b"LZIP\x01", "application/x-lzip"),
    starts(b"\x89LZO\0\r\n\x1a\n", "application/x-lzop"),
    starts(b"\x1f\x9d\x8c", "application/x-compress"),
    starts(b"\x1f\x9d\x90", "application/x-compress"),
    starts(b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    starts(b"!<arch>\ndebian-binary", "application/vnd.debian.binary-package"),
    starts(b"!<arch>\n", "application/x-unix-archive"),
    starts(b"hsqs", "application/x-squashfs"),
    starts(b"QFI\xfb", "application/x-qemu-disk"),
    // Programs and packages.
    starts(b"\x7fELF", "application/x-executable"),
    starts(b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    starts(b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    starts(b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    starts(b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    starts(b"dex\n0", "application/vnd.android.dex"),
    starts(b"\0asm", "application/wasm"),
    starts(b"\xed\xab\xee\xdb", "application/x-rpm"),
    starts(b"Cr24", "application/x-chrome-extension"),
    starts(b"\x4c\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    starts(b"NES\x1a", "application/x-nintendo-nes-rom"),
    // Fonts.
    starts(b"\0\x01\0\0\0", "font/ttf"),
    starts(b"true\0", "font/ttf"),
    starts(b"OTTO\0", "font/otf"),
    starts(b"ttcf\0", "font/collection"),
    starts(b"wOFF", "font/woff"),
    starts(b"wOF2", "font/woff2"),
    // Data.
    starts(b"SQLite format 3\0", "application/vnd.sqlite3"),
    starts(b"PAR1", "application/vnd.apache.parquet"),
    starts(b"ARROW1\0\0", "application/vnd.apache.arrow.file"),
    starts(b"FEA1", "application/vnd.apache.arrow.file"),
    starts(b"Obj\x01", "application/avro"),
    starts(b"\x89HDF\r\n\x1a\n", "application/x-hdf5"),
    starts(b"CDF\x01", "application/x-netcdf"),
    starts(b"CDF\x02", "application/x-netcdf"),
    starts(b"CDF\x05", "application/x-netcdf"),
    starts(b"\x93NUMPY", "application/x-numpy-data"),
    has(128, b"DICM", "application/dicom"),
    starts(b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    starts(b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap"),
    starts(b"\x4d\x3c\xb2\xa1", "application/vnd.tcpdump.pcap"),
    starts(b"\xa1\xb2\x3c\x4d", "application/vnd.tcpdump.pcap"),
    starts(b"\n\r\r\n", "application/vnd.tcpdump.pcap"),
    starts(b"\0\x01\0\0Standard Jet DB", "application/x-msaccess"),
    starts(b"\0\x01\0\0Standard ACE DB", "application/x-msaccess"),
    starts(b"\0\0\x27\x0a\0\0\0\0", "application/vnd.shp"),
    starts(b"d8:announce", "application/x-bittorrent"),
    starts(b"d7:comment", "application/x-bittorrent"),
    starts(b"d4:info", "application/x-bittorrent"),
    starts(b"glTF\x01\0\0\0", "model/gltf-binary"),
    starts(b"glTF\x02\0\0\0", "model/gltf-binary"),
    starts(b"\xfe\xed\xfe\xed\0\0\0", "application/x-java-keystore"),
];

/// Formats in this list whose files are written in characters.
pub(super) const WRITTEN: &[&str] = &[
    "application/postscript",
    "application/rtf",
    "application/vnd.debian.binary-package",
    "application/x-bittorrent",
    "application/x-unix-archive",
];

/// Formats whose files may be written in characters, for people to read.
pub(super) const READABLE: &[&str] = &["image/fits", "image/vnd.radiance"];
