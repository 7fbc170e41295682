//! Tests of `view!` on its output: what is merged, how, and which errors are found; what rustc says about it is
//! tested by compiling.

use proc_macro2::{TokenStream, TokenTree};

use super::expand;
use super::lower::{self, Slot, Step, Upload};
use super::parse;
use crate::diag::Diagnostics;

fn tokens(source: &str) -> TokenStream {
    source.parse().unwrap()
}

/// The static parts of a view, with `{}` for each part that is not.
fn skeleton(source: &str) -> String {
    let mut diag = Diagnostics::default();
    let nodes = parse::view(tokens(source), &mut diag);
    assert!(diag.is_empty(), "{}", diag.into_tokens());
    text(&lower::view(nodes).steps)
}

fn text(steps: &[Step]) -> String {
    let each = steps.iter().map(|step| match step {
        Step::Markup(markup) => markup.clone(),
        Step::Button { body, .. } => format!("{{button}}{}{{/button}}", text(body)),
        Step::Form { body, .. } => format!("{{form}}{}{{/form}}", text(body)),
        Step::ControlId { .. } => "{id}".to_owned(),
        Step::FormOwner => "{owner}".to_owned(),
        Step::Upload(Upload { settings, zone, input, body, .. }) => {
            let settings: Vec<&str> = settings.iter().map(|setting| setting.name.as_str()).collect();
            let settings = settings.join(" ");
            format!("{{upload {settings}}}{}>{{input}}{}>{}</div>", text(zone), text(input), text(body))
        }
        Step::FileList(_) => "{files}".to_owned(),
        Step::If { then, otherwise, .. } => format!("{{if}}{}{{else}}{}{{end}}", text(then), text(otherwise)),
        Step::For { body, .. } => format!("{{for}}{}{{end}}", text(body)),
        Step::Match { arms, .. } => arms.iter().map(|arm| format!("{{arm}}{}", text(&arm.body))).collect(),
        Step::Scope(body) => format!("{{{{{}}}}}", text(body)),
        Step::Style { property, .. } => format!("{{{property}}}"),
        Step::Attribute { name, .. } => format!("{{{name}}}"),
        Step::Disabled { .. } => "{ disabled}".to_owned(),
        Step::Actions { event, .. } => format!("{{ on {event}}}"),
        Step::Class { .. } => "{class}".to_owned(),
        Step::Child { .. } | Step::Value { .. } => "{}".to_owned(),
        Step::Let(_) => "{let}".to_owned(),
        // Slots have tests of their own.
        Step::Slot(_) => String::new(),
        Step::Statement(_) | Step::Unknown { .. } | Step::Discard(_) | Step::Broken(_) => "{?}".to_owned(),
    });
    each.collect()
}

/// The slots of a view: `[..]` is a range, `#[..]` a list, `|` a row of any nodes, `-` one of one element,
/// and the path of an element or, in parentheses, of a tag.
fn slots(source: &str) -> String {
    let mut diag = Diagnostics::default();
    let nodes = parse::view(tokens(source), &mut diag);
    assert!(diag.is_empty(), "{}", diag.into_tokens());
    slots_of(&lower::view(nodes).steps)
}

fn slots_of(steps: &[Step]) -> String {
    let each = steps.iter().map(|step| match step {
        Step::Slot(Slot::BeginRange) => "[".to_owned(),
        Step::Slot(Slot::BeginList) => "#[".to_owned(),
        Step::Slot(Slot::EndRange) => "]".to_owned(),
        Step::Slot(Slot::Row(is_marked)) => if *is_marked { "|" } else { "-" }.to_owned(),
        Step::Slot(Slot::Key(_)) => "key ".to_owned(),
        Step::Slot(Slot::BeginElement(path)) => format!("{path:?}"),
        Step::Slot(Slot::BeginTag(path)) => format!("({path:?})"),
        Step::Slot(Slot::BeginInert) => "{".to_owned(),
        Step::Slot(Slot::EndInert) => "}".to_owned(),
        Step::Button { body, .. } | Step::Form { body, .. } | Step::For { body, .. } | Step::Scope(body) => {
            slots_of(body)
        }
        Step::Upload(Upload { path, body, .. }) => format!("{path:?}{}", slots_of(body)),
        Step::If { then, otherwise, .. } => format!("{}/{}", slots_of(then), slots_of(otherwise)),
        Step::Match { arms, .. } => arms.iter().map(|arm| slots_of(&arm.body) + "/").collect(),
        _ => String::new(),
    });
    each.collect()
}

/// The messages of all errors, in their order.
fn errors(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    messages(expand(tokens(source)), &mut found);
    found
}

fn messages(tokens: TokenStream, found: &mut Vec<String>) {
    let mut is_error = false;
    for tree in tokens {
        match tree {
            TokenTree::Ident(name) => is_error = name == "compile_error",
            TokenTree::Group(group) if is_error => {
                found.push(syn::parse2::<syn::LitStr>(group.stream()).unwrap().value());
                is_error = false;
            }
            TokenTree::Group(group) => messages(group.stream(), found),
            _ => {}
        }
    }
}

#[test]
fn composed_elements_are_boxes_around_their_parts() {
    assert_eq!(
        skeleton(r#"uploader(id = "a", class = "b", accept = "image/*", on_upload = S::e, "Drop")"#),
        r#"<div class="fk-uploader b">{upload accept} class="fk-upload">{input}>Drop</div></div>"#
    );
    assert_eq!(
        skeleton(r#"uploader(id = "a", auto = true, on_drop = f(), on_upload = S::e)"#),
        r#"<div class="fk-uploader">{upload } class="fk-upload"{ on drop}>{input}>{}</div></div>"#
    );
    assert_eq!(
        skeleton(r#"file_list(files, title = "a", on_remove = |file| S::e(file))"#),
        r#"<div class="fk-file-list" title="a">{files}</div>"#
    );
}

#[test]
fn static_text_is_merged_into_one_literal() {
    assert_eq!(
        skeleton(r#"div(p("a & b", 1), br(), "<", class = "x\"y")"#),
        "<div class=\"x&quot;y\"><p>a &amp; b1</p><br>&lt;</div>"
    );
    let output = expand(tokens(r#"h1("a"), h2("b")"#)).to_string();
    assert_eq!(output.matches("markup").count(), 1);
}

#[test]
fn what_may_change_is_marked_by_its_place_among_elements() {
    assert_eq!(
        slots(r#"div(p("a"), p(name), p(class = c, "b"), ul(li("a"), li(x, title = y)))"#),
        "[0, 1]([0, 2])[0, 3, 1]([0, 3, 1])"
    );
    assert_eq!(slots("h1(x), if a { p(x) } else { p(y); p(z) }, p(x)"), "[0][[0]/[0][1]][1]");
    assert_eq!(slots("button(on_click = x, \"a\"), form(p(name))"), "[0]([1])[1, 0]");
    assert_eq!(slots("upload(id = \"x\", p(name))"), "Some([0])[0, 1]");
    assert_eq!(slots("p(x), if a { break; }, p(x)"), "/");
    assert_eq!(slots("textarea(x, if a { y })"), "[0]{/}");
    assert_eq!(slots("input(value = x), select(name = x, option(value = x))"), "[0][1]([1, 0])");
}

#[test]
fn a_row_is_changed_as_a_whole_unless_there_is_a_list_in_it() {
    assert_eq!(slots("for f in files { li(f, if f.new { b(x) }) }, p(x)"), "#[-/][0]");
    assert_eq!(slots("for f in files { li(key = f.id, if f.new { for g in f.all { b(x) } }) }"), "#[-key [#[-]/]]");
    assert_eq!(slots("for f in files { let id = f.id; li(key = id, f) }"), "#[-key ]");
    assert_eq!(slots("for f in files { f.name }, for f in files { b(); i() }"), "#[|]#[|]");
    assert_eq!(slots("for f in files { let Some(x) = f else { continue }; li(x) }"), "#[|]");
    assert_eq!(slots("for f in files { if f.gone { continue; } li(f) }"), "#[|/]");
}

#[test]
fn rows_of_a_table_are_in_the_body_that_a_parser_would_make() {
    assert_eq!(
        skeleton("table(thead(), for f in files { tr(td(f)) }, tr(), tfoot())"),
        "<table class=\"fk-table\"><thead></thead><tbody>{for}<tr><td>{}</td></tr>{end}<tr></tr></tbody><tfoot></tfoot></table>"
    );
    assert_eq!(
        skeleton("table(for g in groups { tbody(for f in g { tr() }) })"),
        "<table class=\"fk-table\">{for}<tbody>{for}<tr></tr>{end}</tbody>{end}</table>"
    );
}

#[test]
fn values_split_the_text() {
    assert_eq!(skeleton("p(count, \" files\")"), "<p>{} files</p>");
    assert_eq!(skeleton("a(href = url, title = \"t\", name)"), "<a{ href} title=\"t\">{}</a>");
}

#[test]
fn kit_elements_bring_class_and_style() {
    assert_eq!(
        skeleton("vstack(spacing = 4, padding = \"2em\", class = \"big\")"),
        "<div class=\"fk-vstack big\" data-filekit-style=\"gap:calc(var(--fk-space)*4);padding:2em;\"></div>"
    );
    assert_eq!(skeleton("p(style = \"a:b\", id = \"x\")"), "<p id=\"x\" data-filekit-style=\"a:b\"></p>");
    assert_eq!(
        skeleton("text(class = c, color = x)"),
        "<span class=\"fk-text{class}\" data-filekit-style=\"{color}\"></span>"
    );
    assert_eq!(
        skeleton("grid(columns = 3, style = \"a:b\")"),
        "<div class=\"fk-grid\" data-filekit-style=\"grid-template-columns:repeat(3,minmax(0,1fr));a:b\"></div>"
    );
    assert_eq!(
        skeleton("badge(color = \"success\", \"new\")"),
        "<span class=\"fk-badge\" data-color=\"success\">new</span>"
    );
    assert_eq!(skeleton("heading(level = 1, \"x\")"), "<h1 class=\"fk-heading\">x</h1>");
    assert_eq!(skeleton("spinner()"), "<span role=\"status\" class=\"fk-spinner\"></span>");
}

#[test]
fn buttons_open_by_what_they_do() {
    assert_eq!(skeleton("button(\"a\")"), "<button type=\"button\" class=\"fk-button\">a</button>");
    assert_eq!(skeleton("button(on_click = a, \"a\")"), "{button} class=\"fk-button\">a{/button}");
    assert_eq!(
        skeleton("button(r#type = \"submit\", on_click = a)"),
        "<button class=\"fk-button\" type=\"submit\"{ on click}></button>"
    );
}

#[test]
fn uploads_divide_their_attributes_between_zone_and_input() {
    assert_eq!(
        skeleton("upload(id = \"a\", multiple = true, on_drop = d, border = \"1px\", \"drop\")"),
        "{upload multiple} class=\"fk-upload\"{ on drop} data-filekit-style=\"border:1px;\">{input}>drop</div>"
    );
}

#[test]
fn control_flow_keeps_its_shape() {
    assert_eq!(
        skeleton("if a { p(\"x\"); q() } else if b { \"y\" }"),
        "{if}<p>x</p><q></q>{else}{if}y{else}{end}{end}"
    );
    assert_eq!(
        skeleton("ul(for (a, b) in list { let c = a; li(c); li(b) })"),
        "<ul>{for}{let}<li>{}</li><li>{}</li>{end}</ul>"
    );
    assert_eq!(
        skeleton("match x { Some(y) if y > 1 => p(y), Some(_) => { br(); } None => continue }"),
        "{arm}<p>{}</p>{arm}<br>{arm}{?}"
    );
    assert_eq!(
        skeleton("{ let x = 1; text(x) }, 'a: for x in y { break 'a; }"),
        "{{{let}<span class=\"fk-text\">{}</span>}}{for}{?}{end}"
    );
}

#[test]
fn names_are_spelt_as_in_html() {
    assert_eq!(
        skeleton("input(r#type = \"text\", aria_label = \"a\", data_id = 7, tabindex = -1)"),
        "<input class=\"fk-input\" type=\"text\" aria-label=\"a\" data-id=\"7\" tabindex=\"-1\">"
    );
    assert_eq!(skeleton("textarea(\"\\nx\")"), "<textarea class=\"fk-textarea\">\n\nx</textarea>");
}

#[test]
fn elements_and_attributes_of_any_name() {
    assert_eq!(
        skeleton("el(\"my-tag\", attr(\"hx-get\", \"/a&b\"), title = t, \"x\")"),
        "<my-tag hx-get=\"/a&amp;b\"{ title}>x</my-tag>"
    );
    assert_eq!(skeleton("el(\"img\", attr(\"src\", s)), el(\"table\")"), "<img{ src}><table></table>");
    assert_eq!(
        skeleton("image(width = 3, attr(\"width\", 90), attr(\"viewBox\", 1,))"),
        "<img class=\"fk-image\" width=\"90\" viewBox=\"1\" data-filekit-style=\"width:calc(var(--fk-space)*3);\">"
    );
    assert_eq!(skeleton("wrap(attr(\"a\", b))"), "{}");
}

#[test]
fn given_names_are_checked() {
    assert_eq!(errors("el(), el(x), el(\"x-y\" p())").len(), 3);
    assert_eq!(errors("el(\"cirle\")"), ["unknown element `cirle`; did you mean `circle`?"]);
    assert_eq!(errors("el(\"img\", \"x\")"), ["`img` cannot have children"]);
    assert_eq!(errors("p(attr(\"TITLE\", a), title = b)"), ["`title` specified more than once"]);
    assert_eq!(errors("badge(attr(\"data-color\", a), color = b)"), ["`color` specified more than once"]);
    assert_eq!(errors("attr(\"a\", b)"), ["the attribute `a` stands outside of an element"]);
    assert_eq!(errors("p(if a { attr(\"a\", b) })").len(), 1);
    assert_eq!(errors("p(attr(\"a\"), attr(b, c), attr(\"d\", e, f), attr(\"onclick\", g))").len(), 4);
    assert_eq!(errors("p(attr(\"x\", \"JavaScript:a\"))"), ["`x` takes a URL, not JavaScript"]);
    assert_eq!(errors("iframe(srcdoc = x)").len(), 1);
    assert_eq!(errors("p(data_filekit_on_click = x)"), ["names that begin with `data-filekit` are reserved"]);
}

#[test]
fn literals_are_judged() {
    assert_eq!(errors("badge(color = \"sucess\")"), ["unknown colour scheme `sucess`; did you mean `success`?"]);
    assert_eq!(errors("button(color = \"pink\"), text(color = \"pink\")").len(), 1);
    assert_eq!(errors("input(capture = \"front\"), input(capture = \"user\")").len(), 1);
    assert!(errors("input(accept = \"image/*, .png,.tar.gz, application/vnd.ms-excel\")").is_empty());
    assert_eq!(errors("input(accept = \"png\")"), ["an extension begins with a dot; write `.png`"]);
    assert_eq!(errors("input(accept = \"images/png\")"), ["`images/png` is no MIME type; did you mean `image/png`?"]);
    assert_eq!(errors("input(accept = \"a b, x/y, image/\")").len(), 3);
}

#[test]
fn no_element_is_left_open() {
    for view in [
        "ul(for a in b { li(if c { continue; }) })",
        "'a: for b in c { ul(for d in b { if e { break 'a; } }) }",
        "for a in b { li({ let Some(c) = a else { continue }; c }) }",
        "for a in b { li(class = match a { Some(c) => c, None => continue }, \"x\") }",
        "for a in b { el(\"my-tag\", match a { Some(c) => c, None => break }) }",
    ] {
        let found = errors(view);
        assert!(found.len() == 1 && found[0].contains(" open; decide before it begins"), "{view}: {found:?}");
    }
    for view in [
        "ul(for a in b { if c { continue; } li(a) })",
        "'a: for b in c { for d in b { if e { continue 'a; } } }",
        "for a in b { let Some(c) = a else { continue }; li(c) }",
        "for a in b { li({ let c = loop { break 1; }; c }) }",
        "for a in b { li(if c { return d; }) }",
    ] {
        assert_eq!(errors(view), Vec::<String>::new(), "{view}");
    }
}

#[test]
fn other_calls_are_expressions() {
    assert_eq!(skeleton("greeting(name), self::card(x), card_of(text(x))?"), "{}{}{}");
    let output = expand(tokens("greeting(name)")).to_string();
    assert!(output.contains("functions :: * ; greeting }) (name)"), "{output}");
}

#[test]
fn every_error_is_found() {
    let found = errors(
        r#"
        vstack(spacing = 1, spacing = 2),
        br("x"),
        text(state.),
        button(on_click = "alert(1)", color = , "a" "b"),
        upload(border = "1px"),
        selected("x"), is_uploading("photo"), upload(id = "photos"), upload(id = "photos"),
        "#,
    );
    assert_eq!(
        found,
        [
            "expected a field or a method after `.`",
            "`on_click` takes an event or a browser action, not JavaScript",
            "the attribute `color` has no value",
            "missing `,` before this",
            "`spacing` specified more than once",
            "`br` cannot have children",
            "`upload` needs an id: `upload(id = \"photos\", ..)`",
            "the upload id \"photos\" is used more than once in this view",
            "no `upload(id = \"photo\")` in this view; did you mean \"photos\"?",
        ]
    );
}

#[test]
fn separators_are_told_apart() {
    assert_eq!(errors("p(\"a\"; \"b\")"), ["arguments of an element are separated by `,`"]);
    assert_eq!(
        errors("if a { p(), q() r() }"),
        ["children in a block are separated by `;`", "missing `;` before this"]
    );
    assert_eq!(errors("p(if a {} \"b\")"), ["missing `,` before this"]);
    assert!(errors("p(if a {}, for b in c { \"x\"; },)").is_empty());
}

#[test]
fn habits_of_other_languages_are_explained() {
    assert_eq!(errors("p(class: \"x\")"), ["an attribute is written `name = value`"]);
    assert_eq!(errors("p(aria-label = \"x\")"), ["the attribute `aria-label` is written `aria_label`"]);
    assert_eq!(errors("p(onClick = a)"), ["`onClick` is written `on_click`"]);
    assert_eq!(errors("p(on-click = a)"), ["the attribute `on-click` is written `on_click`"]);
    assert_eq!(errors("p(className = \"x\")"), ["`className` is written `class`"]);
    assert_eq!(errors("label(for = \"x\")"), ["`for` is a keyword of Rust; write `r#for`"]);
    assert_eq!(errors("div { \"x\" }"), ["what an element holds stands in parentheses: `div(..)`"]);
    assert_eq!(errors("p(let x = 1, x)"), ["`let` stands in a block: `{ let name = ..; text(name) }`"]);
    assert_eq!(errors("while x { p() }"), ["a view repeats with `for`; build anything else before the view"]);
    assert_eq!(errors("class = \"x\""), ["the attribute `class` stands outside of an element"]);
}

#[test]
fn upload_ids_are_compared_where_they_meet() {
    assert!(errors("if a { upload(id = \"x\") } else { upload(id = \"x\") }").is_empty());
    assert_eq!(errors("if a { upload(id = \"x\") }, upload(id = \"x\")").len(), 1);
    assert_eq!(errors("for a in b { upload(id = \"x\") }").len(), 1);
    assert!(errors("for a in b { upload(id = PHOTOS.keyed(a)) }").is_empty());
    assert!(errors("card_of(view![upload(id = \"x\"), is_uploading(\"x\")])").is_empty());
    for action in ["cancel_upload", "pause_upload", "resume_upload", "discard_unfinished"] {
        let of = |id: &str| errors(&format!("upload(id = \"x\"), button(on_click = {action}({id}), \"a\")"));
        assert!(of("\"x\"").is_empty() && of("PHOTOS").is_empty(), "{action}");
        assert_eq!(of("\"y\"").len(), 1, "{action}");
    }
}

#[test]
fn the_rules_of_an_upload_are_compared() {
    let rule = |rules: &str| errors(&format!("upload(id = \"x\", {rules})"));
    assert!(rule("max_size = \"1.5 MB\", min_size = 1, max_files = 1, multiple = false, max_total = SIZE").is_empty());
    assert_eq!(rule("max_size = \"20 mb\""), ["`20 mb` is no size; did you mean `20 MB`?"]);
    assert_eq!(rule("max_size = -1"), ["`max_size` is a whole number of bytes, or like `\"1.5 MB\"`"]);
    assert_eq!(rule("max_total = \"big\"").len(), 1);
    let above = |of| format!("`min_{of}` is more than `max_{of}`, so nothing could be uploaded");
    assert_eq!(rule("min_size = \"1 MiB\", max_size = \"1 MB\""), [above("size")]);
    assert_eq!(rule("min_files = 3, max_files = 2"), [above("files")]);
    assert_eq!(rule("max_files = -1"), ["`max_files` is a whole number of files"]);
    assert_eq!(rule("max_files = 0"), ["`max_files = 0` would refuse every file; leave the `upload` out"]);
    let single = "`multiple = false` takes one file, but `max_files` says 3";
    assert_eq!(rule("max_files = 3, multiple = false"), [single]);
    assert_eq!(rule("accept = [\"image/png\", \"png\", TYPE]"), ["an extension begins with a dot; write `.png`"]);
    assert_eq!(rule("accept = &[\".png\", \"imag/png\"]").len(), 1);
}

#[test]
fn what_the_browser_keeps_is_not_for_operators_of_rust() {
    let condition = |condition: &str| errors(&format!("upload(id = \"x\"), if {condition} {{ \"a\" }}"));
    let cure = |sign: &str, cure: &str| [format!("`{sign}` is for values of the server; write `{cure}`")];
    assert_eq!(condition("!is_uploading(\"x\")"), cure("!", "is_uploading(\"x\").not()"));
    let both = "has_selection(\"x\").and(is_uploading(\"x\").not())";
    assert_eq!(condition("has_selection(\"x\") && !is_uploading(\"x\")"), cure("&&", both));
    assert_eq!(
        condition("is_dragging(A.b(1)) || is_dragging(&B)"),
        cure("||", "is_dragging(A.b(1)).or(is_dragging(&B))")
    );
    assert_eq!(
        condition("!is_paused(\"x\") && is_waiting(\"x\")"),
        cure("&&", "is_paused(\"x\").not().and(is_waiting(\"x\"))")
    );
    assert!(condition(both).is_empty());
    assert!(condition("!ready && is_open(\"x\")").is_empty());
}

#[test]
fn lists_of_the_browser_are_taken_as_they_are() {
    let list = |list: &str| errors(&format!("upload(id = \"x\"), for file in {list} {{ \"a\" }}"));
    assert!(list("selected_files(\"x\")").is_empty());
    assert!(list("names.iter().enumerate()").is_empty());
    let cure = "a list of the browser is shown as it is; write `for file in selected_files(\"x\")`";
    assert_eq!(list("selected_files(\"x\").iter().enumerate()"), [cure]);
    let cure = "a list of the browser is not borrowed; write `rejected_files(X)`";
    assert_eq!(list("&rejected_files(X)"), [cure]);
    assert!(list("unfinished_files(\"x\")").is_empty());
    let cure = "a list of the browser is shown as it is; write `for file in unfinished_files(\"x\")`";
    assert_eq!(list("unfinished_files(\"x\").len()"), [cure]);
    let cure = "`upload_files` is for events; the list of what was chosen is `selected_files(\"x\")`";
    assert_eq!(list("upload_files(\"x\")"), [cure]);
}

#[test]
fn files_go_to_one_parameter() {
    let event = |arguments: &str| errors(&format!("upload(id = \"x\"), button(on_click = [A::b, A::c({arguments})])"));
    assert!(event("upload_files(\"x\"), upload_files(Y)").is_empty());
    assert_eq!(event("upload_files(\"x\"), 1, upload_files(\"x\")").len(), 1);
}

#[test]
fn values_are_of_controls_that_are_there_or_elsewhere() {
    let value = |id: &str, view: &str| errors(&format!("text(value_of::<Vec<u8>>(\"{id}\")), {view}"));
    assert!(value("title", "input(id = \"title\")").is_empty());
    assert!(value("title", "input(id = \"name\")").is_empty(), "it may stand in another view");
    assert!(value("line", "input(id = \"line2\")").is_empty(), "numbered controls are alike");
    assert_eq!(value("titel", "input(id = \"title\")").len(), 1);
    assert_eq!(value("up", "upload(id = \"up\")"), ["\"up\" is an upload; its files are `upload_files(\"up\")`"]);
}

#[test]
fn a_lost_upload_is_not_missed_as_well() {
    assert_eq!(errors("upload(), has_selection(\"photos\")").len(), 1);
    assert_eq!(errors("uplaod(id = \"photos\"), has_selection(\"photos\")"), Vec::<String>::new());
    assert_eq!(errors("has_selection(\"photos\")").len(), 1);
}

#[test]
fn ids_stand_once() {
    let twice = "the id \"a\" is used more than once in this view";
    assert_eq!(errors("input(id = \"a\"), p(id = \"a\")"), [twice]);
    assert!(errors("if a { p(id = \"a\") } else { p(id = \"a\") }").is_empty());
    assert_eq!(errors("for a in b { p(id = \"a\") }"), ["every row would have the same id; write `id = format!(..)`"]);
}

#[test]
fn braces_are_meant_where_code_is_shown() {
    for view in ["code(\"{name}\")", "pre(\"{}\")", "p((\"{name}\"))", "p(title = (\"{name}\"))", "p(data_a = \"{}\")"]
    {
        assert_eq!(errors(view), Vec::<String>::new(), "{view}");
    }
    for view in ["p(\"{name}\")", "p(if a { \"{}\" })", "p(title = \"{name}\")", "a(href = \"/files/{id}\")"] {
        assert_eq!(errors(view).len(), 1, "{view}");
    }
}

#[test]
fn a_syntax_error_hides_nothing_else() {
    let found = errors("div(a b c.), for x in y. { br(\"x\") }, match z { A => br(\"y\") B => hr(\"z\") }");
    assert_eq!(found.iter().filter(|message| message.contains("cannot have children")).count(), 3, "{found:?}");
}

#[test]
fn errors_stand_behind_the_recovered_body() {
    let output = expand(tokens("p(), text(x.)")).to_string();
    assert!(output.find("compile_error").unwrap() > output.find("x .").unwrap());
}

#[test]
fn what_can_only_be_an_element_is_taken_for_one() {
    let output = expand(tokens("vstak(spacing = 4, text(a))")).to_string();
    assert!(output.contains("functions :: * ; vstak }"), "{output}");
    assert!(!output.contains("spacing"), "rustc would look for a variable of that name");
    assert_eq!(skeleton("vstak(button(on_click = a))"), "{?}{button} class=\"fk-button\">{/button}");
    assert_eq!(skeleton("vstak(hr(), \"x\")"), "{?}<hr>x");
    assert_eq!(skeleton("vstak(hr(), x), panel(hr())"), "{}{}");
}
