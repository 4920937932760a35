package aliyun_test

import (
	"testing"

	"xmode/call"
)

func number() item {
	return item{"secret_no": "17000000001", "city": "北京", "partner_key": "FC1", "operating_time": "2026-03-04 13:06:07", "status": 1, "vendor": 2}
}

func TestStatusOfANumber(t *testing.T) {
	created := call.NumberStatus{Platform: "aliyun", Number: x(t, "17000000001"), Status: "1", Text: "created", At: beijing(t, "13:06:07")}
	deleted, unknown, untold := created, created, created
	deleted.Status, deleted.Text = "2", "deleted"
	unknown.Status, unknown.Text = "3", ""
	untold.At = now
	service := created
	service.Number = x(t, "95013123456789")
	for _, c := range []struct {
		item item
		want call.NumberStatus
	}{
		{number(), created},
		{number().with("status", "1", "operating_time", 1772600767000), created},
		{number().renamed("secret_no", "secretNo").renamed("partner_key", "partnerKey").renamed("operating_time", "operatingTime"), created},
		{number().with("status", 2), deleted},
		{number().with("status", 3), unknown},
		{number().with("operating_time", nil), untold},
		{number().with("secret_no", "95013123456789"), service},
	} {
		report := read(t, "NumberManagementReport", c.item)
		if report.Status == nil || *report.Status != c.want || report.Fault != "" {
			t.Errorf("%v: %+v, want %+v", c.item, report.Status, c.want)
		}
	}
	faults(t, "NumberManagementReport", number().with("secret_no", nil, "status", "").text(t), "secret_no: required; status: required")
	faults(t, "NumberManagementReport", number().with("secret_no", "x", "operating_time", "x").text(t), "operating_time: not a time; secret_no: not an X number")
}
