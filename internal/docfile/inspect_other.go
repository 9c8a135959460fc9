package docfile

import (
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"gongkai/internal/fault"
)

func faultText(err error) string { return fault.Text(err) }

// html inspects a page: comments, hidden elements, hidden fields, properties.
func (in *inspector) html(src *source, data []byte) error {
	if err := in.plain(src, "a.html"); err != nil {
		return err
	}
	text, _, err := decodeHTML(newBuilder(in.budget, &Document{}), data)
	if err != nil {
		return err
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: op, Text: msgParserFailed, Err: err}
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode:
			in.add(KindComment, whereHTMLNote, n.Data)
		case n.Type != html.ElementNode:
		default:
			in.htmlElement(n)
		}
	}
	return in.check()
}

func (in *inspector) htmlElement(n *html.Node) {
	style := strings.ToLower(strings.ReplaceAll(htmlAttr(n, "style"), " ", ""))
	switch {
	case n.DataAtom == atom.Input && htmlAttr(n, "type") == "hidden":
		in.add(KindHiddenText, sprintf(whereHTMLInput, htmlAttr(n, "name")), htmlAttr(n, "value"))
	case n.DataAtom == atom.Input:
		in.add(KindBody, sprintf(whereHTMLInput, htmlAttr(n, "name")), htmlAttr(n, "value"))
	case n.DataAtom == atom.Script, n.DataAtom == atom.Template, n.DataAtom == atom.Noscript:
		in.add(KindHiddenText, whereHTMLScript, nodeText(n))
	case n.DataAtom == atom.Meta:
		in.add(KindMetadata, sprintf(whereHTMLMeta, htmlAttr(n, "name")+htmlAttr(n, "property")), htmlAttr(n, "content"))
	case htmlHidden(n), strings.Contains(style, "font-size:0"), strings.Contains(style, "opacity:0;"), strings.HasSuffix(style, "opacity:0"),
		strings.Contains(style, "left:-999"), strings.Contains(style, "text-indent:-999"):
		in.add(KindHiddenText, whereHTMLHidden, nodeText(n))
	case !strings.Contains(style, "background") && (strings.Contains(style+";", ";color:#fff;") || strings.HasPrefix(style+";", "color:#fff;") ||
		strings.Contains(style, "color:white") || strings.Contains(style, "color:#ffffff")):
		in.add(KindWhiteText, whereHTMLWhite, nodeText(n))
	case n.DataAtom == atom.Img && strings.HasPrefix(htmlAttr(n, "src"), "data:"):
		in.closed(KindBody, wherePicture, whyPicture)
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "alt", a.Key == "title", a.Key == "aria-label", strings.HasPrefix(a.Key, "data-"):
			in.add(KindHiddenText, whereHTMLAlt, a.Val)
		case (a.Key == "href" || a.Key == "src") && strings.Contains(a.Val, "://"), strings.HasPrefix(a.Val, "mailto:"):
			in.add(KindExternalLink, sprintf(whereLink, n.Data), a.Val)
		}
	}
}

// odt inspects an OpenDocument text.
func (in *inspector) odt(src *source, name string) error {
	doc, err := in.reread(src, name)
	if err != nil {
		return err
	}
	in.body(doc)
	for _, p := range doc.Parts {
		if kind, where := partKind(p.Kind); kind != KindComment {
			in.add(kind, where, p.Text)
		}
	}
	for _, part := range src.zip.names {
		if err := in.odtEntry(src.zip, part); err != nil {
			in.closed(KindMetadata, sprintf(whereXMLOther, part), faultText(err))
		}
	}
	return in.check()
}

func partKind(k PartKind) (InspectedKind, string) {
	switch k {
	case PartHeader:
		return KindHeaderFooter, whereHeader
	case PartFooter:
		return KindHeaderFooter, whereFooter
	case PartFootnote:
		return KindNote, whereFootnote
	case PartEndnote:
		return KindNote, whereEndnote
	case PartTextBox:
		return KindBody, whereTextBox
	}
	return KindComment, sprintf(whereComment, "")
}

func (in *inspector) odtEntry(a *archive, part string) error {
	if path.Ext(part) != ".xml" {
		if part == "mimetype" || path.Ext(part) == ".rdf" || strings.HasPrefix(part, "Configurations2/") {
			return nil
		}
		return in.binaryEntry(a, part)
	}
	root, err := a.tree(part)
	if err != nil {
		return err
	}
	in.xmlComments(root, part)
	switch path.Base(part) {
	case "meta.xml":
		root.each(func(n *xmlNode) bool {
			if len(n.kids) == 1 && n.kids[0].local == "" {
				in.add(KindMetadata, sprintf(whereMeta, n.local+n.attr("name")), n.value())
			}
			return true
		})
	case "content.xml", "styles.xml":
		in.odtHidden(root, odtStyles(root))
	}
	if strings.HasPrefix(part, "Object ") {
		in.add(KindEmbedded, sprintf(whereEmbedded, part), treeText(root))
	}
	return nil
}

// odtStyles sorts the text styles that hide or whiten.
func odtStyles(root *xmlNode) map[string]InspectedKind {
	styles := map[string]InspectedKind{}
	root.each(func(n *xmlNode) bool {
		if n.local == "style" {
			pr := n.child("text-properties")
			switch {
			case pr.attr("display") == "none":
				styles[n.attr("name")] = KindHiddenText
			case strings.EqualFold(pr.attr("color"), "#ffffff") && pr.attr("background-color") == "":
				styles[n.attr("name")] = KindWhiteText
			}
		}
		return true
	})
	return styles
}

func (in *inspector) odtHidden(root *xmlNode, styles map[string]InspectedKind) {
	root.each(func(n *xmlNode) bool {
		switch n.local {
		case "changed-region":
			for _, k := range n.kids {
				if who := strings.TrimSpace(k.child("change-info").child("creator").value()); k.local == "deletion" {
					in.add(KindTrackedDelete, sprintf(whereDelete, who), odtText(k))
				} else {
					in.add(KindTrackedInsert, sprintf(whereInsert, who), who)
				}
			}
			return false
		case "annotation":
			in.add(KindComment, sprintf(whereComment, n.child("creator").value()), odtText(n))
			return false
		case "hidden-text", "hidden-paragraph":
			in.add(KindHiddenText, sprintf(whereHidden, whereBody), n.attr("string-value")+"\n"+n.value())
		case "title", "desc":
			in.add(KindHiddenText, sprintf(whereAlt, whereBody), n.value())
		case "span", "p":
			if kind := styles[n.attr("style-name")]; kind != "" {
				in.add(kind, sprintf(whereHidden, whereBody), odtText(n))
			}
		case "section", "table":
			if n.attr("display") == "none" {
				in.add(KindHiddenText, sprintf(whereHidden, whereBody), odtText(n))
			}
		case "variable-set", "user-field-decl":
			in.add(KindHiddenText, sprintf(whereField, whereBody), n.attr("string-value"))
		case "a":
			in.add(KindExternalLink, sprintf(whereLink, "a"), n.attr("href"))
		}
		return true
	})
}

func odtText(n *xmlNode) string {
	var out strings.Builder
	n.each(func(k *xmlNode) bool {
		switch k.local {
		case "change-info", "creator", "date", "!comment":
			return false
		case "p", "h":
			out.WriteByte('\n')
		}
		out.WriteString(k.text)
		return true
	})
	return out.String()
}

// ofd inspects a fixed-layout file: pages through Read, then every entry that
// pages do not use: attachments, annotations, metadata, signatures, old ones.
func (in *inspector) ofd(src *source, name string) error {
	doc, err := in.reread(src, name)
	if err != nil {
		return err
	}
	in.body(doc)
	in.meta(doc)
	for _, p := range doc.Parts {
		kind, where := partKind(p.Kind)
		in.add(kind, where, p.Text)
	}
	body := foldText(doc.Text).String()
	for _, part := range src.zip.names {
		if err := in.ofdEntry(src.zip, part, body); err != nil {
			in.closed(KindMetadata, sprintf(whereOFDPart, part), faultText(err))
		}
	}
	return in.check()
}

func (in *inspector) ofdEntry(a *archive, part, body string) error {
	lower := strings.ToLower(part)
	if path.Ext(lower) != ".xml" {
		if strings.Contains(lower, "/attach") {
			if data, ok := in.entry(a, KindAttachment, sprintf(whereAttachment, part), part); ok {
				in.inside(KindAttachment, sprintf(whereAttachment, path.Base(part)), path.Base(part), data)
			}
			return nil
		}
		if strings.Contains(lower, "/signs/") || strings.HasSuffix(lower, ".ttf") || strings.HasSuffix(lower, ".otf") {
			return nil
		}
		return in.binaryEntry(a, part)
	}
	root, err := a.tree(part)
	if err != nil {
		return err
	}
	in.xmlComments(root, part)
	old := strings.Builder{}
	root.each(func(n *xmlNode) bool {
		switch n.local {
		case "TextObject":
			switch {
			case n.attr("Visible") == "false", n.attr("Alpha") == "0":
				in.add(KindHiddenText, sprintf(whereOFDPart, part), n.value())
			case isWhite(n.child("FillColor").attr("Value")):
				in.add(KindWhiteText, sprintf(whereOFDPart, part), n.value())
			}
			if text := n.value(); !strings.Contains(body, foldText(text).String()) {
				old.WriteString(text + "\n")
			}
		case "DocInfo":
			for _, k := range n.kids {
				in.add(KindMetadata, sprintf(whereMeta, k.local), treeText(k))
			}
		case "Annot":
			in.add(KindAnnotation, sprintf(whereOFDPart, part), strings.TrimSpace(n.attr("Creator")+" "+n.attr("LastModDate"))+"\n"+n.value())
			return false
		case "Attachment":
			in.add(KindAttachment, sprintf(whereAttachment, n.attr("Name")), attributesText(n))
		case "URI":
			in.add(KindExternalLink, sprintf(whereLink, "URI"), n.attr("URI"))
		case "CustomTag", "Extension", "OutlineElem", "Bookmark":
			in.add(KindMetadata, sprintf(whereOFDPart, part), treeText(n))
			return n.local == "OutlineElem"
		}
		return true
	})
	in.add(KindEarlierRevision, sprintf(whereOFDOld, part), old.String())
	return nil
}

func isWhite(v string) bool {
	f := floats(v)
	if len(f) == 0 {
		return false
	}
	for _, c := range f {
		if c < 250 && len(f) != 4 || len(f) == 4 && c > 0 {
			return false
		}
	}
	return true
}
