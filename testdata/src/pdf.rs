//! The smallest honest PDF: one page of lines in a built-in font.

/// A line of text on the page.
pub(crate) struct Line<'a> {
    /// Points from the left edge.
    pub(crate) left: u32,
    /// Points from the bottom edge.
    pub(crate) bottom: u32,
    /// Font size in points.
    pub(crate) size: u32,
    /// ASCII without parentheses and backslashes, which PDF would read otherwise.
    pub(crate) text: &'a str,
}

/// A PDF 1.4 file of one A4 page with these lines (ISO 32000-1, section 7.5).
pub(crate) fn one_page(title: &str, lines: &[Line<'_>]) -> Vec<u8> {
    let show = |line: &Line<'_>| {
        let Line { left, bottom, size, text } = line;
        assert!(text.is_ascii() && !text.contains(['(', ')', '\\']), "{text}");
        format!("BT /F1 {size} Tf {left} {bottom} Td ({text}) Tj ET\n")
    };
    let content: String = lines.iter().map(show).collect();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Title ({title}) /Producer (CivicTrust examples) >>"),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = String::new();
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (count, start) = (objects.len() + 1, file.len());
    file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{table}"));
    file.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    file.into_bytes()
}
