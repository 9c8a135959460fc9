package document

import "context"

// crawled blanks what the crawl of an old site noted of a work: the words of
// lists that led to it, the names of its attachments, bytes that still wait.
// Pages that led to a double of it count as well. Its addresses stay, so that
// it is not taken for a new document.
func (x *expunging) crawled(ctx context.Context) error {
	pages, err := ids(ctx, x.tx, `
		SELECT id FROM crawl_pages WHERE work_id = $1 OR work_id IN (
			SELECT d.id FROM work_redirects r JOIN works k ON k.public_id = r.to_work JOIN works d ON d.public_id = r.from_work WHERE k.id = $1)`, x.id)
	if err != nil {
		return err
	}
	for _, id := range pages {
		// Other addresses of the page go with it, and attachments that no other
		// page names.
		for _, query := range []string{
			`DELETE FROM crawl_bodies WHERE page_id = $1 OR page_id IN (SELECT id FROM crawl_pages WHERE alias_of = $1)`,
			`UPDATE crawl_pages SET title = '', hint_title = '' WHERE id = $1 OR alias_of = $1 OR id IN (
				SELECT l.file_id FROM crawl_links l WHERE l.page_id = $1 AND NOT EXISTS (SELECT 1 FROM crawl_links o WHERE o.file_id = l.file_id AND o.page_id <> $1))`,
			`UPDATE crawl_links SET name = '' WHERE page_id = $1`,
		} {
			if _, err := x.tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
	}
	return nil
}
