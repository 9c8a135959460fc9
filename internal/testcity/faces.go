package testcity

import (
	"strconv"

	"gongkai/internal/workday"
)

// LeaderSeed is an invented leader of an organ of the city. Face is the number
// of a drawn picture, 0 for none.
type LeaderSeed struct {
	Organ, Name, Post, Duties, CV string
	From, To                      workday.Date
	Face                          int
}

// UnitSeed is a division of an organ, or a body below it. Kind is inner or below.
type UnitSeed struct {
	Organ, Kind, Name, Duties, Head, Phone, Address, Hours string
}

// Leaders lists the leaders of the city, in the order of their organs' pages.
// Every name is invented.
func Leaders() ([]LeaderSeed, error) {
	var list []LeaderSeed
	err := readCSV("leaders.csv", 8, func(r []string) error {
		from, to, err := period(r[5], r[6])
		if err != nil {
			return err
		}
		face := 0
		if r[7] != "" {
			face, err = strconv.Atoi(r[7])
		}
		list = append(list, LeaderSeed{Organ: r[0], Name: r[1], Post: r[2], Duties: r[3], CV: r[4], From: from, To: to, Face: face})
		return err
	})
	return list, err
}

// Units lists the units of the city, in the order of their organs' pages.
func Units() ([]UnitSeed, error) {
	var list []UnitSeed
	err := readCSV("units.csv", 8, func(r []string) error {
		list = append(list, UnitSeed{Organ: r[0], Kind: r[1], Name: r[2], Duties: r[3], Head: r[4], Phone: r[5], Address: r[6], Hours: r[7]})
		return nil
	})
	return list, err
}
