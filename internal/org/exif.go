package org

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how a camera held the picture, 1 to 8, from the Exif part
// of a JPEG; 1 (upright) where there is none or it cannot be read. Nothing else
// of the metadata is looked at, and none of it is kept.
func orientation(b []byte) int {
	const upright = 1
	if len(b) < 4 || b[0] != 0xFF || b[1] != 0xD8 {
		return upright
	}
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		marker, size := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xDA || size < 2 || at+2+size > len(b) {
			return upright
		}
		part := b[at+4 : at+2+size]
		if marker == 0xE1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return tiffOrientation(part[6:])
		}
		at += 2 + size
	}
	return upright
}

// tiffOrientation looks for tag 0x0112 in the first directory of a TIFF header.
func tiffOrientation(b []byte) int {
	const upright, tag, short = 1, 0x0112, 3
	var order binary.ByteOrder
	switch {
	case len(b) < 8:
		return upright
	case string(b[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(b[:4]) == "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return upright
	}
	n := int(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + int64(i)*12
		if e+12 > int64(len(b)) {
			return upright
		}
		if order.Uint16(b[e:]) != tag || order.Uint16(b[e+2:]) != short {
			continue
		}
		if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
			return v
		}
		return upright
	}
	return upright
}
