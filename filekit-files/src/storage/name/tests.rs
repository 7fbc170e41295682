//! What becomes of the names that clients send.

use super::*;

#[test]
fn a_path_that_leads_out_of_its_folder_is_refused() {
    for name in [
        "../../etc/passwd",
        "..",
        "...",
        "a/../b",
        r"..\..\windows\system32",
        r"a\..\b",
        " .. /a",
        "a/ ../b",
        "a/..",
        "/..",
        "/etc/../passwd",
        r"C:\..\a.txt",
        "../",
    ] {
        assert!(matches!(SafePath::parse(name), Err(FileRejection::UnsafeName { .. })), "{name:?}");
    }
    assert!(SafePath::parse(&"a/".repeat(40)).is_err());
}

#[test]
fn names_of_files_become_safe() {
    for (sent, safe) in [
        ("photo.jpg", "photo.jpg"),
        ("日本語 ファイル #1%.txt", "日本語 ファイル #1%.txt"),
        ("Re\u{301}sume\u{301}.pdf", "Résumé.pdf"),
        ("a\u{202e}gpj.exe", "agpj.exe"),
        ("zero\u{200b}width\u{feff}.txt", "zerowidth.txt"),
        ("line\r\nbreak\0.txt", "linebreak.txt"),
        (".htaccess", "htaccess"),
        (".", "file"),
        ("trailing. . ", "trailing"),
        ("  blank.txt ", "blank.txt"),
        ("", "file"),
        ("\u{202e}", "file"),
        ("CON", "_CON"),
        ("con.tar.gz", "_con.tar.gz"),
        ("COM1.txt", "_COM1.txt"),
        ("LPT².txt", "_LPT².txt"),
        ("console.txt", "console.txt"),
        ("x.jpg.html", "x.jpg.html"),
        ("folder/photo.jpg", "photo.jpg"),
        (r"folder\photo.jpg", "photo.jpg"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("😀.png", "😀.png"),
    ] {
        assert_eq!(SafeName::parse(sent).unwrap().as_str(), safe, "{sent:?}");
    }
}

#[test]
fn of_an_absolute_path_the_last_component_stays() {
    for (sent, safe) in [
        ("/etc/passwd", "passwd"),
        ("/data/ada/notes.txt", "notes.txt"),
        (r"C:\Users\ada\notes.txt", "notes.txt"),
        ("C:/People/ada/notes.txt", "notes.txt"),
        (r"\\server\share\notes.txt", "notes.txt"),
        ("//a", "a"),
        ("/a/", "a"),
        ("/", "file"),
    ] {
        assert_eq!(SafePath::parse(sent).unwrap().as_str(), safe, "{sent:?}");
        assert_eq!(SafeName::parse(sent).unwrap().as_str(), safe, "{sent:?}");
    }
    let deep = format!("{}a.txt", "/folder".repeat(40) + "/");
    assert_eq!(SafePath::parse(&deep).unwrap().as_str(), "a.txt");
}

#[test]
fn no_character_that_is_not_seen_stays_in_a_name() {
    // Default_Ignorable_Code_Point, as DerivedCoreProperties.txt writes it.
    let ignorable = "00AD 034F 061C 115F..1160 17B4..17B5 180B..180D 180E 180F 200B..200F 202A..202E 2060..2064 2065 \
        2066..206F 3164 FE00..FE0F FEFF FFA0 FFF0..FFF8 1BCA0..1BCA3 1D173..1D17A E0000 E0001 E0002..E001F E0020..E007F \
        E0080..E00FF E0100..E01EF E01F0..E0FFF";
    let number = |text: &str| u32::from_str_radix(text, 16).unwrap();
    for range in ignorable.split_whitespace().chain(["2800", "0000..001F", "007F..009F", "2028..2029"]) {
        let (first, last) = range.split_once("..").unwrap_or((range, range));
        for character in (number(first)..=number(last)).filter_map(char::from_u32) {
            let name = SafeName::parse(&format!("a{character}b.txt")).unwrap();
            assert_eq!(name.as_str(), "ab.txt", "{character:?}");
        }
    }
}

#[test]
fn what_windows_cannot_keep_is_replaced_there_only() {
    let name = SafeName::parse("why? a:b.txt").unwrap();
    assert_eq!(name.as_str(), if cfg!(windows) { "why_ a_b.txt" } else { "why? a:b.txt" });
}

#[test]
fn folders_stay() {
    assert_eq!(SafePath::parse("a/b c/.d/e.txt").unwrap().as_str(), "a/b c/d/e.txt");
    assert_eq!(SafePath::parse("a//b.txt").unwrap().as_str(), "a/b.txt");
    assert_eq!(SafePath::parse("./a/./b.txt").unwrap().as_str(), "a/b.txt");
    assert_eq!(SafePath::parse(r"a\b.txt\").unwrap().as_str(), "a/b.txt");
    assert_eq!(SafePath::parse("NUL/b.txt").unwrap().as_str(), "_NUL/b.txt");
}

#[test]
fn long_names_keep_their_extension() {
    let name = SafeName::parse(&format!("{}.jpeg", "語".repeat(200))).unwrap();
    assert!(name.len() <= MAX_NAME && name.ends_with("語.jpeg"), "{name}");
    let numbered = name.numbered(12);
    assert!(numbered.len() <= MAX_NAME && numbered.ends_with("語-12.jpeg"), "{numbered}");
}

#[test]
fn a_cut_name_is_still_safe() {
    let sent = format!("{}.{}", "a".repeat(254), "b".repeat(40));
    let name = SafeName::parse(&sent).unwrap();
    assert_eq!(name.as_str(), "a".repeat(254));
    assert_eq!(SafeName::parse(&name).unwrap(), name);
}

#[test]
fn a_cut_leaves_no_device() {
    for device in ["CON", "com1", "LPT²", "conout$"] {
        for blanks in [" ".repeat(300), ". .".repeat(100), "\u{3000}".repeat(100)] {
            let sent = format!("{device}{blanks}a");
            for extension in ["", ".txt", ".tar.gz"] {
                let name = SafeName::parse(&format!("{sent}{extension}")).unwrap();
                assert!(!is_device(&name) && !is_device(&name.to_save()), "{name:?}");
                assert_eq!(SafeName::parse(&name).unwrap(), name);
            }
        }
        // Just as long as a name may be, before its extension is another one.
        let path = SafePath::parse(&format!("{device}{}a.hei", " ".repeat(MAX_NAME - 5 - device.len()))).unwrap();
        let renamed = path.with_extension("heic");
        assert_eq!(SafePath::parse(&renamed).unwrap(), renamed);
    }
}

#[cfg(not(windows))]
#[test]
fn a_drive_is_one_whatever_stands_in_front_of_it() {
    for sent in
        ["./C:/notes.txt", " C:/People/notes.txt", "\u{200b}C:\\notes.txt", "C: \\D:\\notes.txt", "C:.//notes.txt"]
    {
        assert_eq!(SafePath::parse(sent).unwrap().as_str(), "notes.txt", "{sent:?}");
    }
    for name in ["C:", "C:notes.txt", "a/C:", "CC:/notes.txt"] {
        assert_eq!(SafePath::parse(name).unwrap().as_str(), name);
    }
}

#[test]
fn whatever_is_sent_the_name_is_one_normal_component_and_stays_as_it_is() {
    // A small generator of nasty names; the seed is fixed so that a failure can be looked at again.
    let pieces = [
        ".",
        "..",
        "/",
        "\\",
        " ",
        "\0",
        "\u{202e}",
        "\u{301}",
        "e",
        "é",
        "CON",
        "NUL",
        ":",
        "%2e",
        "語",
        "😀",
        "-1",
        "\u{200d}",
        ".txt",
        "COM¹",
        "\n",
        "~",
        "$",
        "a",
        "\u{ad}",
        "\u{e0001}",
        "\u{fe0f}",
        "\u{34f}",
        "\u{2800}",
    ];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..20_000 {
        let mut sent = String::new();
        for _ in 0..(seed % 9) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            sent.push_str(pieces[(seed >> 32) as usize % pieces.len()]);
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let Ok(name) = SafeName::parse(&sent) else { continue };
        let components: Vec<_> = Path::new(name.as_str()).components().collect();
        assert!(matches!(components[..], [std::path::Component::Normal(_)]), "{sent:?} -> {name:?}");
        assert!(
            name.len() <= MAX_NAME && !name.starts_with('.') && !name.chars().any(is_hidden),
            "{sent:?} -> {name:?}"
        );
        assert_eq!(SafeName::parse(name.as_str()).unwrap(), name, "{sent:?}");
    }
}

#[test]
fn what_is_clean_at_a_glance_is_what_cleaning_leaves_alone() {
    let parts = ["a", "CON", "com1", "lpt9", "conout$", ".", "..", "-", "_", "é", " ", "/", "\\", "\0", "nul"];
    for first in parts {
        for second in parts {
            for third in ["", ".txt", ".", "a"] {
                let name = format!("{first}{second}{third}");
                let cleaned = SafePath::parse(&name).map(|path| path.name());
                assert!(!is_clean(&name) || cleaned.is_ok_and(|cleaned| cleaned.as_str() == name), "{name:?}");
            }
        }
    }
    assert!(is_clean("photo-1.JPG") && !is_clean("COM1.txt") && !is_clean(""));
    assert!(is_clean("a photo.jpg") && !is_clean("a photo ") && !is_clean(" a") && !is_clean("nul .txt"));
    assert!(is_clean(&"a".repeat(MAX_NAME)) && !is_clean(&"a".repeat(MAX_NAME + 1)));
}
