package exchange

import (
	"net"
	"net/netip"
	"syscall"

	"gongkai/internal/fault"
)

// errPrivate is a refusal of an address inside somebody's network.
var errPrivate = fault.New(fault.Forbidden, "exchange.dial",
	"这个网址指向本机或内部网络，已拒绝访问；确实要从内部网络导入时，请加 --allow-private。")

// guard looks at the address that is really dialled, after the name was
// resolved: a name that changes its address between two look-ups gains nothing.
func guard(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	if !public(ip) {
		return errPrivate
	}
	return nil
}

// closed are the ranges that no public site has, beyond those that netip knows.
var closed = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// public tells whether an address may belong to a site that anybody can visit.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range closed {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
