//! The attributes that many elements have. Those of single elements are `html.rs` and `kit.rs`.

super::shared_attributes! {
    /// The attributes of every element.
    Global html {
        /// Names of classes: text, or parts of it in an array or a tuple.
        class: Class,
        /// `data_` and any name: data for scripts of your own.
        data_name: Text,
        /// Any CSS: several properties as text.
        style: Css,
        /// A hint that appears under the pointer.
        title: Text,
        /// The language of the content, such as `"en"`.
        lang: Text,
        /// The direction of the text: `"ltr"`, `"rtl"` or `"auto"`.
        dir: Text,
        /// Whether it is left out of the page.
        hidden: Flag,
        /// Whether it can neither be focused nor clicked.
        inert: Flag,
        /// 0 to be reached by the Tab key, -1 to be focused by scripts alone.
        tabindex: Number,
        /// The key of a shortcut that focuses or activates it.
        accesskey: Text,
        /// Whether it is focused when the page opens.
        autofocus: Flag,
        /// Whether the visitor can edit it: `"true"`, `"plaintext-only"`.
        contenteditable: Text,
        /// Whether it can be dragged.
        draggable: Aria,
        /// The label of the Enter key of a screen keyboard: `"done"`, `"search"`.
        enterkeyhint: Text,
        /// Which screen keyboard appears: `"numeric"`, `"email"`.
        inputmode: Text,
        /// The identifier of a microdata item.
        itemid: Url,
        /// The property of a microdata item that this is.
        itemprop: Text,
        /// The ids of elements with more properties of a microdata item.
        itemref: Text,
        /// Whether this is a microdata item.
        itemscope: Flag,
        /// The vocabulary of a microdata item.
        itemtype: Url,
        /// A number used once that a content security policy names.
        nonce: Text,
        /// Names under which a style sheet outside of a shadow tree finds it.
        part: Text,
        /// Makes it a popover: `"auto"` closes by a click elsewhere, `"manual"` does not.
        popover: Text,
        /// Its role for assistive technology, where its element does not say so.
        role: Text,
        /// The name of the slot of a shadow tree that it fills.
        slot: Text,
        /// Whether its text is checked for mistakes.
        spellcheck: Aria,
        /// Whether its text is to be translated: `"yes"` or `"no"`.
        translate: Text,
        /// The id of the child that has the focus while the element itself is focused.
        aria_activedescendant: Text,
        /// Whether a change is announced with everything around it.
        aria_atomic: Aria,
        /// Whether suggestions appear while typing: `"list"`, `"inline"`, `"both"`.
        aria_autocomplete: Text,
        /// Whether it is still changing, so that an announcement waits.
        aria_busy: Aria,
        /// Whether it is checked: `true`, `false` or `"mixed"`.
        aria_checked: Aria,
        /// How many columns there are in all.
        aria_colcount: Aria,
        /// The number of its column.
        aria_colindex: Aria,
        /// Over how many columns it goes.
        aria_colspan: Aria,
        /// The ids of what it controls.
        aria_controls: Text,
        /// That it is the current one of a set: `"page"`, `"step"`, `true`.
        aria_current: Aria,
        /// The ids of the elements that describe it.
        aria_describedby: Text,
        /// A description that is not shown.
        aria_description: Text,
        /// The id of an element with details.
        aria_details: Text,
        /// Whether it is there but cannot be used.
        aria_disabled: Aria,
        /// The id of the message that says what is wrong with its value.
        aria_errormessage: Text,
        /// Whether what it controls is open.
        aria_expanded: Aria,
        /// The ids of what is to be read next.
        aria_flowto: Text,
        /// Whether it opens something: `"menu"`, `"dialog"`, `true`.
        aria_haspopup: Aria,
        /// Whether assistive technology leaves it out.
        aria_hidden: Aria,
        /// Whether its value is wrong: `true`, `"grammar"`, `"spelling"`.
        aria_invalid: Aria,
        /// The keys that activate it.
        aria_keyshortcuts: Text,
        /// Its name, where no text that is shown names it.
        aria_label: Text,
        /// The ids of the elements that name it.
        aria_labelledby: Text,
        /// Its level in a hierarchy.
        aria_level: Aria,
        /// Whether changes are announced: `"polite"` or `"assertive"`.
        aria_live: Text,
        /// Whether everything around it is out of reach.
        aria_modal: Aria,
        /// Whether it takes several lines of text.
        aria_multiline: Aria,
        /// Whether several of its children can be selected.
        aria_multiselectable: Aria,
        /// `"horizontal"` or `"vertical"`.
        aria_orientation: Text,
        /// The ids of children that are elsewhere in the page.
        aria_owns: Text,
        /// A hint at what to enter.
        aria_placeholder: Text,
        /// Its number in a set.
        aria_posinset: Aria,
        /// Whether a button that toggles is pressed: `true`, `false` or `"mixed"`.
        aria_pressed: Aria,
        /// Whether its value cannot be changed.
        aria_readonly: Aria,
        /// Which changes are announced: `"additions"`, `"removals"`, `"text"`, `"all"`.
        aria_relevant: Text,
        /// Whether it needs a value.
        aria_required: Aria,
        /// A word for what it is that is better than that of its role.
        aria_roledescription: Text,
        /// How many rows there are in all.
        aria_rowcount: Aria,
        /// The number of its row.
        aria_rowindex: Aria,
        /// Over how many rows it goes.
        aria_rowspan: Aria,
        /// Whether it is selected.
        aria_selected: Aria,
        /// How many there are in its set.
        aria_setsize: Aria,
        /// How its column is sorted: `"ascending"`, `"descending"`.
        aria_sort: Text,
        /// The greatest value.
        aria_valuemax: Aria,
        /// The least value.
        aria_valuemin: Aria,
        /// The value.
        aria_valuenow: Aria,
        /// The value in words.
        aria_valuetext: Text,
        /// An event or a browser action: when it is clicked, or activated by a key.
        on_click: Action,
        /// An event or a browser action: when it is clicked twice.
        on_dblclick: Action,
        /// An event or a browser action: when a value was chosen or entered.
        on_change: Action,
        /// An event or a browser action: with every change of a value while it is entered.
        on_input: Action,
        /// An event or a browser action: when a form is sent.
        on_submit: Action,
        /// An event or a browser action: when a form is reset.
        on_reset: Action,
        /// An event or a browser action: when it gets the focus.
        on_focus: Action,
        /// An event or a browser action: when it loses the focus.
        on_blur: Action,
        /// An event or a browser action: when a key goes down in it.
        on_keydown: Action,
        /// An event or a browser action: when a key goes up in it.
        on_keyup: Action,
        /// An event or a browser action: when the pointer comes over it.
        on_mouseenter: Action,
        /// An event or a browser action: when the pointer leaves it.
        on_mouseleave: Action,
        /// An event or a browser action: when it is opened or closed.
        on_toggle: Action,
        /// An event or a browser action: when it is scrolled.
        on_scroll: Action,
    }

    /// The attributes of style that every element of the kit has, besides those of every element.
    Styled kit {
        /// Space inside, on all sides: CSS, or steps of the theme's spacing.
        padding: Style,
        /// Space inside, at the start and the end of a line.
        padding_x: Style,
        /// Space inside, above and below.
        padding_y: Style,
        /// Space inside, above.
        padding_top: Style,
        /// Space inside, on the right.
        padding_right: Style,
        /// Space inside, below.
        padding_bottom: Style,
        /// Space inside, on the left.
        padding_left: Style,
        /// Space around, on all sides: CSS, or steps of the theme's spacing.
        margin: Style,
        /// Space around, at the start and the end of a line.
        margin_x: Style,
        /// Space around, above and below.
        margin_y: Style,
        /// Space around, above.
        margin_top: Style,
        /// Space around, on the right.
        margin_right: Style,
        /// Space around, below.
        margin_bottom: Style,
        /// Space around, on the left.
        margin_left: Style,
        /// Space between the children: CSS, or steps of the theme's spacing.
        spacing: Style,
        /// Space between the children: the same as `spacing`.
        gap: Style,
        /// The place of the children across the direction of the layout (`align-items`): `"center"`.
        align: Style,
        /// How the children share the direction of the layout (`justify-content`): `"space-between"`.
        justify: Style,
        /// Whether the children may go on in another line: `"wrap"`.
        flex_wrap: Style,
        /// How much of the free space it takes, compared with its neighbours.
        flex_grow: Style,
        /// The line around it: `"1px solid"`.
        border: Style,
        /// How round the corners are.
        border_radius: Style,
        /// The colour or image behind it.
        background: Style,
        /// The shadow that it casts: `"var(--fk-shadow)"`.
        box_shadow: Style,
        /// How opaque it is, from 0 to 1.
        opacity: Style,
        /// How wide it is: CSS, or steps of the theme's spacing.
        width: Style,
        /// How high it is: CSS, or steps of the theme's spacing.
        height: Style,
        /// How wide it is at least.
        min_width: Style,
        /// How wide it is at most.
        max_width: Style,
        /// How high it is at least.
        min_height: Style,
        /// How high it is at most.
        max_height: Style,
        /// How large the text is.
        font_size: Style,
        /// How bold the text is: 400 is normal, 700 bold.
        font_weight: Style,
        /// How high a line of text is, in multiples of the font's size.
        line_height: Style,
        /// The place of the text in its line: `"start"`, `"center"`, `"end"`.
        text_align: Style,
        /// The treatment of content that does not fit: `"auto"`, `"hidden"`.
        overflow: Style,
    }
}
