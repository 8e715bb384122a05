//! What people wrote, as HTML that a page can show as it is.
//!
//! An agent's message may have a small markdown in it: emphasis, code, lists, quotes, links. It goes through two sieves:
//! what is HTML already is turned into text before it is rendered, and what was rendered is let through by a short list
//! of tags. There are no pictures, since fetching one would tell somebody else that the message was read.

use crate::failure::Failure;
use crate::query::Params;
use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The most levels of lists, quotes and emphasis in each other. What is deeper keeps its words only: thousands of levels fit
/// into one message, and the time it takes to sift them grows with their square (`X1`).
const NESTING_MAX: usize = 32;

static SIEVE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .add_tags(["p", "br", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a"])
        // By default there would be more of them, such as titles.
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .add_url_schemes(["http", "https", "mailto"])
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener nofollow"));
    builder
});

/// Whether `?render=html` asks for HTML.
pub(crate) fn is_wanted(params: &Params) -> Result<bool, Failure> {
    let wanted = params.get("render", "html", |text| (text == "html").then_some(()))?;
    Ok(wanted.is_some())
}

/// A text with markdown in it.
pub(crate) fn of_markdown(text: &str) -> String {
    let mut depth = 0;
    let events = Parser::new_ext(text, Options::empty())
        .filter(|event| is_within(event, &mut depth))
        .filter(|event| !is_picture(event))
        .map(tamed);
    let mut rendered = String::with_capacity(text.len() * 2);
    html::push_html(&mut rendered, events);
    SIEVE.clean(&rendered).to_string().trim_end().to_owned()
}

/// A text that means what it says, line by line.
pub(crate) fn of_plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            c => out.push(c),
        }
    }
    out
}

/// Whether it is no more than so deep, where `depth` is kept from one event to the next.
const fn is_within(event: &Event<'_>, depth: &mut usize) -> bool {
    if matches!(event, Event::Start(_)) {
        *depth += 1;
        return *depth <= NESTING_MAX;
    }
    if matches!(event, Event::End(_)) {
        *depth -= 1;
        return *depth < NESTING_MAX;
    }
    true
}

/// Of a picture only the words remain that stand for it.
const fn is_picture(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image))
}

/// HTML is shown, not obeyed, and a line of a message is a line.
fn tamed(event: Event<'_>) -> Event<'_> {
    if let Event::Html(raw) | Event::InlineHtml(raw) = event {
        return Event::Text(raw);
    }
    if matches!(event, Event::SoftBreak) { Event::HardBreak } else { event }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_small_markdown_is_rendered_and_nothing_else() {
        for (text, expected) in [
            ("**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            (
                "[shop](https://shop.example/?a=1&b=2)",
                "<p><a href=\"https://shop.example/?a=1&amp;b=2\" rel=\"noopener nofollow\">shop</a></p>",
            ),
            ("[x](javascript:alert(1))", "<p><a rel=\"noopener nofollow\">x</a></p>"),
            (
                "[x](https://a.example \"title\")",
                "<p><a href=\"https://a.example\" rel=\"noopener nofollow\">x</a></p>",
            ),
            ("[x](/relative)", "<p><a rel=\"noopener nofollow\">x</a></p>"),
            ("![seen](https://track.example/1.png)", "<p>seen</p>"),
            ("3. c", "<ol start=\"3\">\n<li>c</li>\n</ol>"),
            ("# Title", "Title"),
            ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ] {
            assert_eq!(of_markdown(text), expected, "{text}");
        }
        assert_eq!(of_plain("**a** <b>\n'&\""), "**a** &lt;b&gt;<br>&#39;&amp;&quot;");
    }

    /// X1
    #[test]
    fn what_is_nested_too_deep_keeps_its_words_only() {
        for deep in [">".repeat(16_000) + "x", "1. ".repeat(5000) + "x", "- ".repeat(5000) + "x"] {
            let rendered = of_markdown(&deep);
            assert!(rendered.contains('x') && is_harmless(&rendered), "{rendered}");
            assert!(rendered.matches("</").count() <= NESTING_MAX, "{rendered}");
        }
    }

    /// The names of all tags, and of all attributes with their values, as a browser would find them.
    fn tags(html: &str) -> Vec<String> {
        html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap().to_owned()).collect()
    }

    fn is_harmless(html: &str) -> bool {
        const PLAIN: [&str; 10] = ["p", "br", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li"];
        tags(html).iter().all(|tag| {
            let link = tag.strip_prefix("a ").map(|link| {
                let (href, rel) = link.rsplit_once("rel=").unwrap();
                let scheme = |scheme| href.starts_with(&format!("href=\"{scheme}:"));
                let known = href.is_empty() || ["http", "https", "mailto"].into_iter().any(scheme);
                known && rel == "\"noopener nofollow\"" && href.matches('"').count() <= 2
            });
            link.unwrap_or_else(|| PLAIN.contains(&tag.trim_start_matches('/')) || tag == "/a")
        })
    }

    fn attacks() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("<script>"),
            Just("</script>"),
            Just("<img src=x onerror=alert(1)>"),
            Just("<svg/onload=alert(1)>"),
            Just("<a href='javascript:x' onclick=y>"),
            Just("[a]("),
            Just("![a]("),
            Just("<javascript:alert(1)>"),
            Just("javascript:alert(1)"),
            Just("JaVa\tScRiPt&#58;alert(1)"),
            Just("data:text/html,x"),
            Just("https://a.example/\"onmouseover=\"x"),
            Just(" \"t\" onclick=x"),
            Just(")"),
            Just("<https://a.example>"),
            Just("[b]: javascript:x\n"),
            Just("[b]"),
            Just("\n"),
            Just("\n\n    "),
            Just("```html\n"),
            Just("> "),
            Just("- "),
            Just("&lt;script&gt;"),
            Just("\\<script\\>"),
            Just("<!--"),
            Just("-->"),
            Just("<![CDATA["),
            Just("\u{0}"),
            Just("**"),
            Just("`"),
            Just("'"),
            Just("<style>@import x"),
            Just("<math><mtext><table><mglyph><style>"),
        ];
        let piece = prop_oneof![3 => piece.prop_map(str::to_owned), 1 => "\\PC{0,6}"];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// No tag that is not on the list, no attribute but a link's, and no link to anything that runs.
        #[test]
        fn nothing_that_runs_ever_comes_through(text in attacks()) {
            let rendered = of_markdown(&text);
            prop_assert!(is_harmless(&rendered), "{rendered}");
            let plain = of_plain(&text);
            prop_assert!(tags(&plain).iter().all(|tag| tag == "br"), "{plain}");
        }
    }

    #[test]
    fn the_check_of_these_tests_sees_what_is_harmful() {
        for bad in
            ["<script>", "<p onclick=x>", "<a href=\"javascript:x\" rel=\"noopener nofollow\">", "<img>"]
        {
            assert!(!is_harmless(bad), "{bad}");
        }
    }
}
