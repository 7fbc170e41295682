//! The elements of the HTML standard under their own names; not those that the kit defines instead.
//!
//! Source: HTML Living Standard, "List of elements" and "List of attributes". Left out are the elements that belong
//! to the document around a view (`html`, `head`, `body`, `base`, `title`, `meta`, the standard's `link`), and
//! `script`, `style` and `noscript`, whose content is not text.

super::elements! {
    html a A {
        href: Url, target: Text, rel: Text, download: Text, hreflang: Text, ping: Text, referrerpolicy: Text, r#type: Text,
    }
    html abbr Abbr {}
    html address Address {}
    html area Area {
        alt: Text, coords: Text, download: Text, href: Url, ping: Text, referrerpolicy: Text, rel: Text, shape: Text, target: Text,
    }
    html article Article {}
    html aside Aside {}
    html audio Audio {
        src: Url, autoplay: Flag, controls: Flag, crossorigin: Text, r#loop: Flag, muted: Flag, preload: Text,
    }
    html b B {}
    html bdi Bdi {}
    html bdo Bdo {}
    html blockquote Blockquote { cite: Url }
    html br Br {}
    html canvas Canvas { width: Number, height: Number }
    html caption Caption {}
    html cite Cite {}
    html col Col { span: Number }
    html colgroup Colgroup { span: Number }
    html data Data { value: Text }
    html datalist Datalist {}
    html dd Dd {}
    html del Del { cite: Url, datetime: Text }
    html details Details { open: Flag, name: Text }
    html dfn Dfn {}
    html dialog Dialog { open: Flag }
    html div Div {}
    html dl Dl {}
    html dt Dt {}
    html em Em {}
    html embed Embed { src: Url, r#type: Text, width: Number, height: Number }
    html fieldset Fieldset { disabled: Flag, form: Text, name: Text }
    html figcaption Figcaption {}
    html figure Figure {}
    html footer Footer {}
    html h1 H1 {}
    html h2 H2 {}
    html h3 H3 {}
    html h4 H4 {}
    html h5 H5 {}
    html h6 H6 {}
    html header Header {}
    html hgroup Hgroup {}
    html hr Hr {}
    html i I {}
    html iframe Iframe {
        src: Url, allow: Text, allowfullscreen: Flag, height: Number, loading: Text, name: Text,
        referrerpolicy: Text, sandbox: Text, width: Number,
    }
    html img Img {
        src: Url, alt: Text, srcset: Text, sizes: Text, width: Number, height: Number, loading: Text, decoding: Text,
        fetchpriority: Text, crossorigin: Text, referrerpolicy: Text, usemap: Text, ismap: Flag,
    }
    html ins Ins { cite: Url, datetime: Text }
    html kbd Kbd {}
    html legend Legend {}
    html li Li { value: Number }
    html main Main {}
    html map Map { name: Text }
    html mark Mark {}
    html menu Menu {}
    html meter Meter { value: Number, min: Number, max: Number, low: Number, high: Number, optimum: Number }
    html nav Nav {}
    html object Object { data: Url, r#type: Text, form: Text, name: Text, width: Number, height: Number }
    html ol Ol { reversed: Flag, start: Number, r#type: Text }
    html optgroup Optgroup { label: Text, disabled: Flag }
    html option Option { value: Text, label: Text, selected: Flag, disabled: Flag }
    html output Output { r#for: Text, form: Text, name: Text }
    html p P {}
    html picture Picture {}
    html pre Pre {}
    html q Q { cite: Url }
    html rp Rp {}
    html rt Rt {}
    html ruby Ruby {}
    html s S {}
    html samp Samp {}
    html search Search {}
    html section Section {}
    html slot Slot { name: Text }
    html small Small {}
    html source Source {
        src: Url, r#type: Text, srcset: Text, sizes: Text, media: Text, width: Number, height: Number,
    }
    html span Span {}
    html strong Strong {}
    html sub Sub {}
    html summary Summary {}
    html sup Sup {}
    html tbody Tbody {}
    html td Td { colspan: Number, rowspan: Number, headers: Text }
    html tfoot Tfoot {}
    html th Th { colspan: Number, rowspan: Number, headers: Text, scope: Text, abbr: Text }
    html thead Thead {}
    html time Time { datetime: Text }
    html tr Tr {}
    html track Track { src: Url, default: Flag, kind: Text, label: Text, srclang: Text }
    html u U {}
    html ul Ul {}
    html var Var {}
    html video Video {
        src: Url, poster: Url, autoplay: Flag, controls: Flag, crossorigin: Text, r#loop: Flag, muted: Flag,
        playsinline: Flag, preload: Text, width: Number, height: Number,
    }
    html wbr Wbr {}
}
