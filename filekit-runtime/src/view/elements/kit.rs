//! The elements of the kit, which bring a look of their own. The plain elements of HTML are `html.rs`.

super::elements! {
    /// A column: its children one below the other.
    kit vstack VStack = "div" {}
    /// A row: its children side by side.
    kit hstack HStack = "div" {}
    /// A grid of cells; `columns` says how many are in a row.
    kit grid Grid = "div" {
        /// CSS, or so many columns of equal width.
        columns: Style,
    }
    /// A box with a frame.
    kit card Card = "div" {}
    /// A box that centres what is in it.
    kit center Center = "div" {}
    /// A line between parts.
    kit divider Divider = "hr" {}
    /// A heading, of level 2 unless `level` says otherwise.
    kit heading Heading = "h2" {
        /// The level, from 1 to 6: a literal. Without it, 2.
        level: Number,
    }
    /// Text.
    kit text Text = "span" {}
    /// Code, in a font of fixed width.
    kit code Code {}
    /// A small mark with a word or a number; `color` is a scheme.
    scheme badge Badge = "span" {}
    /// A link.
    kit link Link = "a" {
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
    /// A button that does what `on_click` says; `color` is a scheme.
    scheme button Button {
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// Where it sends its form, instead of the form's `action`.
        formaction: Url,
        /// How it encodes its form, instead of the form's `enctype`.
        formenctype: Text,
        /// The method by which it sends its form, instead of the form's.
        formmethod: Text,
        /// Whether it sends its form without checking it.
        formnovalidate: Flag,
        /// Where the answer to its form opens.
        formtarget: Text,
        /// The name under which its value is sent.
        name: Text,
        /// The id of the popover that it opens or closes.
        popovertarget: Text,
        /// The action on the popover: `"show"`, `"hide"`, `"toggle"`.
        popovertargetaction: Text,
        /// `"button"`, `"submit"` or `"reset"`. Without it, the button does nothing but its actions.
        r#type: Text,
        /// Its value.
        value: Text,
    }
    /// An image.
    kit image Image = "img" {
        /// The URL from which it is loaded.
        src: Url,
        /// The text in place of the image where it cannot be seen.
        alt: Text,
        /// The image in several sizes: `"a.png 1x, a2.png 2x"`.
        srcset: Text,
        /// How wide the image is shown, so that a size is chosen: `"50vw"`.
        sizes: Text,
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
    /// A zone to drop files on, with a file input in it. It needs an `id`.
    zone upload Upload = "div" {
        /// Which files it takes: types and endings, `["image/*", ".pdf"]`.
        accept: Accept,
        /// How many files may be chosen at most.
        max_files: Count,
        /// How many files have to be chosen at least.
        min_files: Count,
        /// How large a file may be: `"20 MB"`, or bytes.
        max_size: Size,
        /// How large a file has to be: `"1 KB"`, or bytes.
        min_size: Size,
        /// How large all files together may be: `"100 MB"`, or bytes.
        max_total: Size,
        /// Whether there can be several.
        multiple: Switch,
        /// Whether something must be chosen.
        required: Switch,
        /// Whether the digest of each file is computed while it arrives.
        sha256: Switch,
        /// Whether the place and all other metadata is taken out of JPEG, PNG and WebP files before a handler gets them.
        strip_metadata: Switch,
        /// What looks at each file when it has arrived, and may refuse it: an async function of `&UploadFile`, or a scanner.
        check: Check,
        /// Whether choosing again replaces what was chosen, instead of adding to it.
        replace: Switch,
        /// Whether files can be pasted.
        paste: Switch,
        /// Whether a click does not open the dialog.
        no_click: Switch,
        /// Whether files cannot be dropped.
        no_drag: Switch,
        /// Whether the zone cannot be reached by keyboard.
        no_keyboard: Switch,
        /// Names of classes that the zone has while files are dragged over it.
        drag_active: Class,
        /// That a camera takes the file: `"environment"`, `"user"`.
        capture: Text,
        /// Whether a whole folder is chosen.
        directory: Flag,
        /// Whether files can be chosen; `true` means that they cannot.
        disabled: Flag,
        /// The name of the file input, instead of the id.
        name: Text,
        /// An event or a browser action: when files were added to the selection, in whatever way.
        on_drop: Action,
        /// An event or a browser action: when files were refused.
        on_drop_rejected: Action,
        /// An event or a browser action: while files are sent.
        on_progress: Action,
    }
    /// An upload with all that belongs to it: the zone, a list of the chosen files, how far each is, and what can be done with
    /// them. It needs an `id` and `on_upload`, and has all attributes of `upload`.
    uploader uploader Uploader = "div" {
        /// The event that takes the files: `Album::keep(upload_files(PHOTOS))`.
        on_upload: Action,
        /// Whether files are sent as soon as they are chosen: a literal. Without it, a button sends them.
        auto: Switch,
        /// A view that is shown as long as nothing is chosen.
        empty: View,
        /// A view below everything else.
        footer: View,
    }
    /// A list of stored files, the one argument that is no attribute.
    kit file_list FileList = "div" {
        /// The event that removes a file, for each of them: `|file| Album::remove(file.key())`.
        on_remove: EachFile,
        /// The event that hands over the files which a visitor has selected, by their keys: `|keys| Album::archive(keys)`. It needs an
        /// `id`.
        on_download: Keys,
        /// A view that is shown if there is no file.
        empty: View,
    }
    /// A bar that shows how far something is.
    kit progress Progress {
        /// How far it is. Without it the bar moves to and fro.
        value: Number,
        /// The value at which it is done.
        max: Number,
    }
    /// A sign that something is going on.
    kit spinner Spinner = "span" {}
    /// A form, which `on_submit` takes.
    kit form Form {
        /// Where it is sent: a URL, or an event that takes `&self` and returns a `Download`.
        action: Url,
        /// The HTTP method: `"get"`, `"post"`, `"dialog"`.
        method: Text,
        /// How it is encoded: `"multipart/form-data"`.
        enctype: Text,
        /// The encoding of its text.
        accept_charset: Text,
        /// The value that the browser may fill in: `"off"`, `"email"`, `"current-password"`.
        autocomplete: Text,
        /// Its name among the forms of the page.
        name: Text,
        /// Whether it is sent without being checked.
        novalidate: Flag,
        /// How the target relates to this page.
        rel: Text,
        /// Where the answer opens.
        target: Text,
    }
    /// A field to enter something.
    kit input Input {
        /// Which files are offered in the dialog: `"image/*"`, `".pdf"`.
        accept: Text,
        /// The text in place of the image where it cannot be seen.
        alt: Text,
        /// The value that the browser may fill in: `"off"`, `"email"`, `"current-password"`.
        autocomplete: Text,
        /// That a camera takes the file: `"environment"`, `"user"`.
        capture: Text,
        /// Whether it is checked at first.
        checked: Flag,
        /// The name under which the direction of the text is sent.
        dirname: Text,
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// Where it sends its form, instead of the form's `action`.
        formaction: Url,
        /// How it encodes its form, instead of the form's `enctype`.
        formenctype: Text,
        /// The method by which it sends its form, instead of the form's.
        formmethod: Text,
        /// Whether it sends its form without checking it.
        formnovalidate: Flag,
        /// Where the answer to its form opens.
        formtarget: Text,
        /// The id of a `datalist` with suggestions.
        list: Text,
        /// The greatest value.
        max: Text,
        /// How many characters it takes at most.
        maxlength: Number,
        /// The least value.
        min: Text,
        /// How many characters it takes at least.
        minlength: Number,
        /// Whether there can be several.
        multiple: Flag,
        /// The name under which its value is sent.
        name: Text,
        /// A regular expression that the value has to match.
        pattern: Text,
        /// A hint at what to enter, shown while it is empty.
        placeholder: Text,
        /// The id of the popover that it opens or closes.
        popovertarget: Text,
        /// The action on the popover: `"show"`, `"hide"`, `"toggle"`.
        popovertargetaction: Text,
        /// Whether the value can be changed; `true` means that it cannot.
        readonly: Flag,
        /// Whether something must be chosen or entered.
        required: Flag,
        /// How many characters or rows it shows.
        size: Number,
        /// The image of a button that sends the form.
        src: Url,
        /// By how much the value goes up or down.
        step: Text,
        /// The type of input: `"text"`, `"email"`, `"number"`, `"date"`.
        r#type: Text,
        /// Its value.
        value: Text,
    }
    /// A choice from a list of `option`s.
    kit select Select {
        /// The value that the browser may fill in: `"off"`, `"email"`, `"current-password"`.
        autocomplete: Text,
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// Whether there can be several.
        multiple: Flag,
        /// The name under which its value is sent.
        name: Text,
        /// Whether something must be chosen or entered.
        required: Flag,
        /// How many characters or rows it shows.
        size: Number,
    }
    /// A box to check.
    kit checkbox Checkbox = "input" {
        /// Whether it is checked at first.
        checked: Flag,
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// The name under which its value is sent.
        name: Text,
        /// Whether something must be chosen or entered.
        required: Flag,
        /// The value that is sent if it is checked.
        value: Text,
    }
    /// A field to enter several lines.
    kit textarea Textarea {
        /// The value that the browser may fill in: `"off"`, `"email"`, `"current-password"`.
        autocomplete: Text,
        /// How many characters wide it is.
        cols: Number,
        /// The name under which the direction of the text is sent.
        dirname: Text,
        /// Whether it can be used; `true` means that it cannot.
        disabled: Flag,
        /// The id of the form that it belongs to, if that is not around it.
        form: Text,
        /// How many characters it takes at most.
        maxlength: Number,
        /// How many characters it takes at least.
        minlength: Number,
        /// The name under which its value is sent.
        name: Text,
        /// A hint at what to enter, shown while it is empty.
        placeholder: Text,
        /// Whether the value can be changed; `true` means that it cannot.
        readonly: Flag,
        /// Whether something must be chosen or entered.
        required: Flag,
        /// How many lines high it is.
        rows: Number,
        /// How long lines are sent: `"hard"` breaks them.
        wrap: Text,
    }
    /// The name of a control: of the one in it, or of the one that `for` names.
    kit label Label {
        /// The id of the control that it belongs to.
        r#for: Text,
    }
    /// A table of rows (`tr`) and cells (`td`).
    kit table Table {}
}
