// What a text is in an expression. A slash would end the expression where it is written out.
literal = (text) => strings.replaceAll(v: regexp.quoteMeta(v: text), t: "/", u: "\\/")
