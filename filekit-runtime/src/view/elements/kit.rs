//! The elements of the kit, which bring a look of their own; not the plain elements of HTML.

super::elements! {
    kit vstack VStack {}
    kit hstack HStack {}
    kit grid Grid { columns: Style }
    kit card Card {}
    kit center Center {}
    kit divider Divider {}
    kit heading Heading { level: Number }
    kit text Text {}
    kit code Code {}
    scheme badge Badge {}
    kit link Link {
        href: Url, target: Text, rel: Text, download: Text, hreflang: Text, ping: Text, referrerpolicy: Text, r#type: Text,
    }
    scheme button Button {
        disabled: Flag, form: Text, formaction: Url, formenctype: Text, formmethod: Text, formnovalidate: Flag,
        formtarget: Text, name: Text, popovertarget: Text, popovertargetaction: Text, r#type: Text, value: Text,
    }
    kit image Image {
        src: Url, alt: Text, srcset: Text, sizes: Text, loading: Text, decoding: Text, fetchpriority: Text,
        crossorigin: Text, referrerpolicy: Text, usemap: Text, ismap: Flag,
    }
    zone upload Upload {
        accept: Accept, max_files: Count, min_files: Count, max_size: Size, min_size: Size, max_total: Size,
        multiple: Switch, required: Switch, sha256: Switch, replace: Switch, paste: Switch, no_click: Switch,
        no_drag: Switch, no_keyboard: Switch, drag_active: Class, capture: Text, directory: Flag, disabled: Flag,
        name: Text, on_drop: Action, on_drop_rejected: Action, on_progress: Action,
    }
    kit progress Progress { value: Number, max: Number }
    kit spinner Spinner {}
    kit form Form {
        action: Url, method: Text, enctype: Text, accept_charset: Text, autocomplete: Text, name: Text,
        novalidate: Flag, rel: Text, target: Text,
    }
    kit input Input {
        accept: Text, alt: Text, autocomplete: Text, capture: Text, checked: Flag, dirname: Text, disabled: Flag,
        form: Text, formaction: Url, formenctype: Text, formmethod: Text, formnovalidate: Flag, formtarget: Text,
        list: Text, max: Text, maxlength: Number, min: Text, minlength: Number, multiple: Flag, name: Text,
        pattern: Text, placeholder: Text, popovertarget: Text, popovertargetaction: Text, readonly: Flag,
        required: Flag, size: Number, src: Url, step: Text, r#type: Text, value: Text,
    }
    kit select Select {
        autocomplete: Text, disabled: Flag, form: Text, multiple: Flag, name: Text, required: Flag, size: Number,
    }
    kit checkbox Checkbox {
        checked: Flag, disabled: Flag, form: Text, name: Text, required: Flag, value: Text,
    }
    kit textarea Textarea {
        autocomplete: Text, cols: Number, dirname: Text, disabled: Flag, form: Text, maxlength: Number,
        minlength: Number, name: Text, placeholder: Text, readonly: Flag, required: Flag, rows: Number, wrap: Text,
    }
    kit label Label { r#for: Text }
    kit table Table {}
}
