package aliyun

import "xmode/call"

// readNumber reads a NumberManagementReport: an X number was created or deleted.
// The page's newer table spells its fields in camel case, its sample does not.
// https://help.aliyun.com/zh/pnp/developer-reference/numbermanagementreport-1
func readNumber(r *receipt) call.Report {
	s := &call.NumberStatus{Platform: Name, Number: r.x(), Status: r.printable("status"), At: r.time("operating_time", "operatingTime")}
	if s.Number.IsZero() {
		r.Note("secret_no", faultRequired)
	}
	if s.Status == "" {
		r.Note("status", faultRequired)
	}
	if s.At.IsZero() {
		s.At = r.at
	}
	switch s.Status {
	case "1":
		s.Text = "created"
	case "2":
		s.Text = "deleted"
	}
	return call.Report{Status: s}
}
