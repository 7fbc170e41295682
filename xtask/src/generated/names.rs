//! The browser's list of the names that it shares with the server.

use std::fmt::Write as _;

#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is a module of another crate, too, and not all of it is for the browser"
)]
#[path = "../../../filekit-runtime/src/wire.rs"]
mod wire;

use wire::Name;

const HEADER: &str = "\
/**
 * Written by `cargo xtask client` from `wire.rs`: the names that the server and this client share.
 */
";

/// Lists of names that are the browser's, too, with the names that it gives them.
const LISTS: [(&str, &[&str], &[Name]); 8] = [
    ("ATTRIBUTES", wire::attribute::DOC, wire::attribute::ALL),
    ("MARKERS", wire::marker::DOC, wire::marker::ALL),
    ("ACTIONS", wire::action::DOC, wire::action::ALL),
    ("EXPRESSIONS", wire::expression::DOC, wire::expression::ALL),
    ("FIELDS", wire::field::DOC, wire::field::ALL),
    ("PATHS", wire::path::DOC, wire::path::ALL),
    ("MEDIA", wire::media::DOC, wire::media::ALL),
    ("HEADERS", wire::header::DOC, wire::header::ALL),
];

/// The TypeScript module.
pub(super) fn module() -> String {
    let mut module = HEADER.to_owned();
    for (name, doc, list) in LISTS {
        push_list(&mut module, name, doc, list);
    }
    for (doc, list) in [(wire::code::DOC, wire::code::ALL), (wire::report::DOC, wire::report::ALL)] {
        push(&mut module, "\n");
        push_doc(&mut module, "", doc);
        for Name { constant, text, .. } in list {
            push(&mut module, &format!("export const {constant} = \"{text}\";\n"));
        }
    }
    push(&mut module, "\n");
    push_doc(&mut module, "", &[" The first part of a multipart body: the call that the files belong to."]);
    push(&mut module, &format!("export const CALL_PART = \"{}\";\n", wire::CALL_PART));
    module
}

fn push_list(module: &mut String, name: &str, doc: &[&str], list: &[Name]) {
    push(module, "\n");
    push_doc(module, "", doc);
    push(module, &format!("export const {name} = {{\n"));
    for Name { constant, text, doc } in list {
        push_doc(module, "  ", doc);
        push(module, &format!("  {}: \"{text}\",\n", constant.to_ascii_lowercase()));
    }
    push(module, "} as const;\n");
}

/// Appends a comment of these lines, each of which begins with a blank.
fn push_doc(module: &mut String, indent: &str, lines: &[&str]) {
    match lines {
        [] => {}
        [line] => push(module, &format!("{indent}/**{line} */\n")),
        lines => {
            push(module, &format!("{indent}/**\n"));
            for line in lines {
                push(module, &format!("{indent} *{line}\n"));
            }
            push(module, &format!("{indent} */\n"));
        }
    }
}

fn push(module: &mut String, text: &str) {
    // A string can always be written.
    let _ = module.write_str(text);
}
