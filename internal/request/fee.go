package request

// rate is one stretch of a progressive price: up to a number, each unit costs
// so much.
type rate struct{ upTo, each int }

// The two methods of C-02, prices in 分.
var (
	byItem = []rate{{10, 0}, {30, 100_00}, {40, 200_00}, {50, 300_00}}
	byPage = []rate{{30, 0}, {100, 10_00}, {200, 20_00}, {1 << 30, 40_00}}
)

// FeeByItem is the price in 分 of an applicant's items in one calendar month:
// the nth item and those before it (C-02, 按件计收). Beyond the table each ten
// more cost 100 yuan more apiece.
func FeeByItem(items int) int64 {
	total := progressive(byItem, items)
	each := int64(400_00)
	for done := 50; done < items; done += 10 {
		total += each * int64(min(10, items-done))
		each += 100_00
	}
	return total
}

// FeeByPage is the price in 分 of the pages of one request (C-02, C-05, 按量计收).
func FeeByPage(pages int) int64 { return progressive(byPage, pages) }

func progressive(steps []rate, n int) (total int64) {
	done := 0
	for _, s := range steps {
		if n <= done {
			break
		}
		total += int64(min(n, s.upTo)-done) * int64(s.each)
		done = s.upTo
	}
	return total
}
