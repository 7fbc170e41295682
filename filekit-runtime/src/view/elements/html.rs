//! The elements of the HTML standard under their own names. Those that the kit defines instead are `kit.rs`.
//!
//! Source: HTML Living Standard, "List of elements" and "List of attributes". Left out are the elements that belong
//! to the document around a view (`html`, `head`, `body`, `base`, `title`, `meta`, the standard's `link`), and
//! `script`, `style` and `noscript`, whose content is not text. It is one list, and therefore long.

super::elements! {
    /// A link, without the kit's look; with it, `link`.
    html a A {
        /// Where it leads: a URL, or an event that takes `&self` and returns a `Download`.
        href: Url,
        /// Where the link opens: `"_blank"` is a new tab.
        target: Text,
        /// How the target relates to this page: `"noopener"`, `"nofollow"`.
        rel: Text,
        /// That the target is saved instead of opened, and under which name.
        download: Text,
        /// The language of the target.
        hreflang: Text,
        /// A URL that is notified when the link is followed.
        ping: Text,
        /// How much of this page's address is sent: `"no-referrer"`.
        referrerpolicy: Text,
        /// The media type of the target.
        r#type: Text,
    }
    /// An abbreviation; `title` is its expansion.
    html abbr Abbr {}
    /// Contact information.
    html address Address {}
    /// A link within an image, in a `map`.
    html area Area {
        /// The target of the area, in words.
        alt: Text,
        /// The outline of the area: `"0,0,9,9"`.
        coords: Text,
        /// That the target is saved instead of opened, and under which name.
        download: Text,
        /// Where it leads: a URL, or an event that takes `&self` and returns a `Download`.
        href: Url,
        /// A URL that is notified when the link is followed.
        ping: Text,
        /// How much of this page's address is sent: `"no-referrer"`.
        referrerpolicy: Text,
        /// How the target relates to this page: `"noopener"`, `"nofollow"`.
        rel: Text,
        /// The kind of outline: `"rect"`, `"circle"`, `"poly"`.
        shape: Text,
        /// Where the link opens: `"_blank"` is a new tab.
        target: Text,
    }
    /// Self-contained content, such as a post.
    html article Article {}
    /// Something beside the matter.
    html aside Aside {}
    /// Sound.
    html audio Audio {
        /// The URL from which it is loaded.
        src: Url,
        /// Whether it plays by itself.
        autoplay: Flag,
        /// Whether it shows buttons to play and to stop.
        controls: Flag,
        /// How it is asked for from another origin: `"anonymous"`.
        crossorigin: Text,
        /// Whether it begins again at its end.
        r#loop: Flag,
        /// Whether it is silent at first.
        muted: Flag,
        /// The part that is loaded before it plays: `"none"`, `"metadata"`, `"auto"`.
        preload: Text,
    }
    /// Words set apart, without being more important.
    html b B {}
    /// Text whose direction has no influence on what is around it.
    html bdi Bdi {}
    /// Text in the direction that `dir` says.
    html bdo Bdo {}
    /// A quotation, in a paragraph of its own.
    html blockquote Blockquote {
        /// The URL of the source.
        cite: Url,
    }
    /// A line break.
    html br Br {}
    /// A surface that scripts draw on.
    html canvas Canvas {
        /// How wide it is, in CSS pixels.
        width: Number,
        /// How high it is, in CSS pixels.
        height: Number,
    }
    /// The title of a table.
    html caption Caption {}
    /// The title of a work.
    html cite Cite {}
    /// A column of a table, in a `colgroup`.
    html col Col {
        /// Over how many columns it goes.
        span: Number,
    }
    /// Columns of a table.
    html colgroup Colgroup {
        /// Over how many columns it goes.
        span: Number,
    }
    /// Something, together with its value for machines.
    html data Data {
        /// Its value, for machines.
        value: Text,
    }
    /// Suggestions for an input.
    html datalist Datalist {}
    /// The description of a name in a `dl`.
    html dd Dd {}
    /// Deleted content.
    html del Del {
        /// The URL of the source.
        cite: Url,
        /// The time in a form for machines: `"2026-01-31"`.
        datetime: Text,
    }
    /// Something to open; its `summary` is always seen.
    html details Details {
        /// Whether it is open.
        open: Flag,
        /// The group of which only one is open at a time.
        name: Text,
    }
    /// A word where it is defined.
    html dfn Dfn {}
    /// A dialog.
    html dialog Dialog {
        /// Whether it is open.
        open: Flag,
    }
    /// A box without a meaning.
    html div Div {}
    /// A list of names and what is said about them.
    html dl Dl {}
    /// A name in a `dl`.
    html dt Dt {}
    /// Words with stress.
    html em Em {}
    /// Something for a plug-in or a viewer.
    html embed Embed {
        /// The URL from which it is loaded.
        src: Url,
        /// The media type.
        r#type: Text,
        /// How wide it is, in CSS pixels.
        width: Number,
        /// How high it is, in CSS pixels.
        height: Number,
    }
    /// Controls that belong together; its `legend` names them.
    html fieldset Fieldset {
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// The name under which its value is sent.
        name: Text,
    }
    /// The caption of a `figure`.
    html figcaption Figcaption {}
    /// A figure with its caption.
    html figure Figure {}
    /// The foot of a page or a section.
    html footer Footer {}
    /// A heading of level 1, without the kit's look.
    html h1 H1 {}
    /// A heading of level 2, without the kit's look.
    html h2 H2 {}
    /// A heading of level 3, without the kit's look.
    html h3 H3 {}
    /// A heading of level 4, without the kit's look.
    html h4 H4 {}
    /// A heading of level 5, without the kit's look.
    html h5 H5 {}
    /// A heading of level 6, without the kit's look.
    html h6 H6 {}
    /// The head of a page or a section.
    html header Header {}
    /// A heading with what is said below it.
    html hgroup Hgroup {}
    /// A change of subject, without the kit's look; with it, `divider`.
    html hr Hr {}
    /// Words in another voice.
    html i I {}
    /// Another page within this one.
    html iframe Iframe {
        /// The URL from which it is loaded.
        src: Url,
        /// The features that it may use: `"fullscreen"`, `"camera"`.
        allow: Text,
        /// Whether it may fill the screen.
        allowfullscreen: Flag,
        /// How high it is, in CSS pixels.
        height: Number,
        /// When it is loaded: `"lazy"` is when it comes into view.
        loading: Text,
        /// The name by which links open in it.
        name: Text,
        /// How much of this page's address is sent: `"no-referrer"`.
        referrerpolicy: Text,
        /// The permissions that it has at all; empty means none.
        sandbox: Text,
        /// How wide it is, in CSS pixels.
        width: Number,
    }
    /// An image, without the kit's look; with it, `image`.
    html img Img {
        /// The URL from which it is loaded.
        src: Url,
        /// The text in place of the image where it cannot be seen.
        alt: Text,
        /// The image in several sizes: `"a.png 1x, a2.png 2x"`.
        srcset: Text,
        /// How wide the image is shown, so that a size is chosen: `"50vw"`.
        sizes: Text,
        /// How wide it is, in CSS pixels.
        width: Number,
        /// How high it is, in CSS pixels.
        height: Number,
        /// When it is loaded: `"lazy"` is when it comes into view.
        loading: Text,
        /// Whether the page waits until the image is decoded: `"async"`.
        decoding: Text,
        /// How urgent it is: `"high"`, `"low"`.
        fetchpriority: Text,
        /// How it is asked for from another origin: `"anonymous"`.
        crossorigin: Text,
        /// How much of this page's address is sent: `"no-referrer"`.
        referrerpolicy: Text,
        /// The map with links within the image: `"#name"`.
        usemap: Text,
        /// Whether the place of a click is sent along with a link around the image.
        ismap: Flag,
    }
    /// Inserted content.
    html ins Ins {
        /// The URL of the source.
        cite: Url,
        /// The time in a form for machines: `"2026-01-31"`.
        datetime: Text,
    }
    /// A key to press.
    html kbd Kbd {}
    /// The title of a `fieldset`.
    html legend Legend {}
    /// An item of a list.
    html li Li {
        /// The number of the item.
        value: Number,
    }
    /// The main part of a page.
    html main Main {}
    /// Links within an image.
    html map Map {
        /// The name by which an image uses it.
        name: Text,
    }
    /// Words that are marked.
    html mark Mark {}
    /// A list of things to do.
    html menu Menu {}
    /// A value between two others.
    html meter Meter {
        /// The value.
        value: Number,
        /// The least value.
        min: Number,
        /// The greatest value.
        max: Number,
        /// Below this the value counts as low.
        low: Number,
        /// Above this the value counts as high.
        high: Number,
        /// The best value.
        optimum: Number,
    }
    /// Links that lead through the site.
    html nav Nav {}
    /// Something that is embedded.
    html object Object {
        /// The URL of what is embedded.
        data: Url,
        /// The media type.
        r#type: Text,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// The name by which links open in it.
        name: Text,
        /// How wide it is, in CSS pixels.
        width: Number,
        /// How high it is, in CSS pixels.
        height: Number,
    }
    /// A list whose order matters.
    html ol Ol {
        /// Whether it counts down.
        reversed: Flag,
        /// The number of the first item.
        start: Number,
        /// How its items are counted: `"1"`, `"a"`, `"I"`.
        r#type: Text,
    }
    /// A group of `option`s.
    html optgroup Optgroup {
        /// The heading of the group.
        label: Text,
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
    }
    /// One of the choices of a `select`.
    html option Option {
        /// The value that is sent if it is selected.
        value: Text,
        /// The text that is shown.
        label: Text,
        /// Whether it is selected at first.
        selected: Flag,
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
    }
    /// A result.
    html output Output {
        /// The ids of the controls that it is computed from.
        r#for: Text,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// The name under which its value is sent.
        name: Text,
    }
    /// A paragraph.
    html p P {}
    /// An image with several sources.
    html picture Picture {}
    /// Text whose blanks and line ends are kept.
    html pre Pre {}
    /// A quotation within a sentence.
    html q Q {
        /// The URL of the source.
        cite: Url,
    }
    /// A parenthesis for those who do not see a `ruby`.
    html rp Rp {}
    /// How the characters of a `ruby` are read.
    html rt Rt {}
    /// Characters with a note on how they are read.
    html ruby Ruby {}
    /// Content that is no longer right.
    html s S {}
    /// Output of a program.
    html samp Samp {}
    /// Controls that search or filter.
    html search Search {}
    /// A section, which has a heading.
    html section Section {}
    /// A place in a shadow tree that children fill.
    html slot Slot {
        /// The name by which children choose it.
        name: Text,
    }
    /// Small print.
    html small Small {}
    /// One of the sources of a `picture`, an `audio` or a `video`.
    html source Source {
        /// The URL from which it is loaded.
        src: Url,
        /// The media type: a browser takes the first that it knows.
        r#type: Text,
        /// The image in several sizes: `"a.png 1x, a2.png 2x"`.
        srcset: Text,
        /// How wide the image is shown, so that a size is chosen: `"50vw"`.
        sizes: Text,
        /// For which screens it is meant: a media query.
        media: Text,
        /// How wide it is, in CSS pixels.
        width: Number,
        /// How high it is, in CSS pixels.
        height: Number,
    }
    /// Words without a meaning of their own.
    html span Span {}
    /// Words that are important.
    html strong Strong {}
    /// Lowered characters.
    html sub Sub {}
    /// The visible part of a `details` that is closed.
    html summary Summary {}
    /// Raised characters.
    html sup Sup {}
    /// The body of a table.
    html tbody Tbody {}
    /// A cell of a table.
    html td Td {
        /// Over how many columns it goes.
        colspan: Number,
        /// Over how many rows it goes.
        rowspan: Number,
        /// The ids of the cells that head it.
        headers: Text,
    }
    /// The foot of a table.
    html tfoot Tfoot {}
    /// A cell that heads others.
    html th Th {
        /// Over how many columns it goes.
        colspan: Number,
        /// Over how many rows it goes.
        rowspan: Number,
        /// The ids of the cells that head it.
        headers: Text,
        /// The cells that it heads: `"col"`, `"row"`, `"colgroup"`, `"rowgroup"`.
        scope: Text,
        /// A short form of what it says.
        abbr: Text,
    }
    /// The head of a table.
    html thead Thead {}
    /// A time.
    html time Time {
        /// The time in a form for machines: `"2026-01-31"`.
        datetime: Text,
    }
    /// A row of a table.
    html tr Tr {}
    /// Text that goes with an `audio` or a `video`.
    html track Track {
        /// The URL from which it is loaded.
        src: Url,
        /// Whether it is shown unless the visitor chooses another.
        default: Flag,
        /// Its purpose: `"subtitles"`, `"captions"`, `"chapters"`.
        kind: Text,
        /// Its name in the list of tracks.
        label: Text,
        /// Its language.
        srclang: Text,
    }
    /// Words with a mark, such as for a mistake.
    html u U {}
    /// A list whose order does not matter.
    html ul Ul {}
    /// A variable.
    html var Var {}
    /// A film.
    html video Video {
        /// The URL from which it is loaded.
        src: Url,
        /// The image that is shown before it plays.
        poster: Url,
        /// Whether it plays by itself.
        autoplay: Flag,
        /// Whether it shows buttons to play and to stop.
        controls: Flag,
        /// How it is asked for from another origin: `"anonymous"`.
        crossorigin: Text,
        /// Whether it begins again at its end.
        r#loop: Flag,
        /// Whether it is silent at first.
        muted: Flag,
        /// Whether it plays within the page on a phone.
        playsinline: Flag,
        /// The part that is loaded before it plays: `"none"`, `"metadata"`, `"auto"`.
        preload: Text,
        /// How wide it is, in CSS pixels.
        width: Number,
        /// How high it is, in CSS pixels.
        height: Number,
    }
    /// A place where a long word may break.
    html wbr Wbr {}
}
