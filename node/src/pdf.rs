//! The smallest useful PDF: one page of text (ISO 32000-1). For demonstrations and examples.

use std::fmt::Write;

/// A one-page A4 document: a heading, and lines of text below it. Characters outside printable ASCII become `?`.
#[must_use]
pub fn page(heading: &str, lines: &[&str]) -> Vec<u8> {
    let mut content = format!("BT /F1 26 Tf 72 740 Td ({}) Tj ET\n", escaped(heading));
    content.push_str("0.6 w 72 722 m 523 722 l S\n");
    for (line, height) in lines.iter().zip((0..).map(|row| 680_i32.saturating_sub(row * 26))) {
        let _ = writeln!(content, "BT /F2 13 Tf 72 {height} Td ({}) Tj ET", escaped(line));
    }
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 \
         R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = String::new();
    for (number, object) in (1..).zip(&objects) {
        // Each line of the table has exactly 20 bytes.
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        let _ = write!(pdf, "{number} 0 obj\n{object}\nendobj\n");
    }
    let start = pdf.len();
    let count = objects.len() + 1;
    let _ = write!(pdf, "xref\n0 {count}\n0000000000 65535 f \n{table}");
    let _ = write!(pdf, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    pdf.into_bytes()
}

/// The text inside a literal string.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | ')' | '\\' => escaped.extend(['\\', c]),
            ' '..='~' => escaped.push(c),
            _ => escaped.push('?'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every offset of the table is where its object begins, and the last line but one is where the table begins.
    #[test]
    fn the_table_points_at_the_objects() {
        let pdf = String::from_utf8(page("Diploma (B.Sc.)", &["Ana \\ Bea", "caf\u{e9}"])).unwrap();
        assert!(pdf.starts_with("%PDF-1.4\n") && pdf.ends_with("%%EOF\n"));
        assert!(pdf.contains(r"(Diploma \(B.Sc.\))") && pdf.contains(r"(Ana \\ Bea)") && pdf.contains("(caf?)"));
        let table = pdf.find("xref\n0 7\n").unwrap();
        let rows: Vec<&str> = pdf[table..].lines().skip(3).take(6).collect();
        for (number, row) in (1..).zip(rows) {
            let offset: usize = row[..10].parse().unwrap();
            assert!(pdf[offset..].starts_with(&format!("{number} 0 obj\n")), "{row}");
        }
        assert!(pdf.contains(&format!("startxref\n{table}\n")));
        let length: usize = pdf.split("/Length ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let stream = pdf.split("stream\n").nth(1).unwrap();
        assert_eq!(stream.strip_suffix("end").unwrap().len(), length);
    }
}
