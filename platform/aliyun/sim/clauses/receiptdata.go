package clauses

import (
	"maps"

	"xmode/platform/aliyun/sim"
)

// pool is the key of the pool in all receipts.
const pool = "FC100000000000001"

// subs is the binding in all receipts: one that the endpoint hardly has.
const subs = 1000000001

// start is a SecretStartReport with every documented field.
// https://help.aliyun.com/en/pnp/developer-reference/secretstartreport
func (t *trial) start() record {
	m := t.moments()
	return record{
		"id": t.id(), "pool_key": pool, "partner_key": pool, "sub_id": subs, "call_id": t.id(), "phone_no": "13900001111",
		"secret_no": sampleX, "peer_no": "13900002222", "called_display_no": sampleX, "city": "杭州", "out_id": "order-1", "call_type": 0,
		"unconnected_cause": 0, "control_type": "CONTINUE", "control_msg": "OK", "call_time": at(m.dialled),
	}
}

// ring is a SecretRingReport with every documented field; its numbers are strings
// in the sample. https://help.aliyun.com/zh/pnp/developer-reference/secretringreport
func (t *trial) ring() record {
	m := t.moments()
	return record{
		"pool_key": pool, "sub_id": "1000000001", "call_id": t.id(), "phone_no": "13900001111", "secret_no": sampleX, "peer_no": "13900002222",
		"city": "杭州", "out_id": "order-1", "call_type": "1", "call_time": at(m.dialled), "ring_time": at(m.rang),
	}
}

// pickUp is a SecretPickUpReport with every documented field.
func (t *trial) pickUp() record { return t.ring().With("start_time", at(t.moments().answered)) }

// report is a SecretReport with every documented field; its id is a number in the
// sample. https://help.aliyun.com/en/pnp/developer-reference/secretreport
func (t *trial) report() record {
	m := t.moments()
	more := record{
		"id": m.released.UnixMilli()*1000 + t.counter.Add(1)%1000, "extension": "8011", "call_out_time": at(m.out), "ring_time": at(m.rang),
		"free_ring_time": at(m.rang), "start_time": at(m.answered), "release_time": at(m.released), "release_dir": 1, "release_cause": 16,
		"record_url":      "http://records.oss-cn-hangzhou.aliyuncs.com/conform.mp3",
		"ring_record_url": "http://records.oss-cn-hangzhou.aliyuncs.com/ring.mp3", "sms_number": 0,
	}
	r := t.start()
	maps.Copy(r, more)
	return r
}

// recording is a SecretRecording with every documented field; its call_time is in
// milliseconds. https://help.aliyun.com/zh/pnp/developer-reference/secretrecording
func (t *trial) recording() record {
	return record{"pool_key": pool, "sub_id": subs, "call_id": t.id(), "call_time": t.moments().dialled.UnixMilli(), "out_id": "order-1"}
}

// number is a NumberManagementReport with every documented field, in the spelling
// of the page's sample.
// https://help.aliyun.com/zh/pnp/developer-reference/numbermanagementreport-1
func (t *trial) number() record {
	when := t.moments().released.Add(-secondsOf(int(t.counter.Add(1) % 3600))) // no two are the same
	return record{"secret_no": sampleX, "city": "杭州", "partner_key": pool, "operating_time": at(when), "status": 1, "vendor": 1}
}

// intercept is a SecretSmsIntercept with every documented field.
// https://help.aliyun.com/document_detail/305609.htm
func (t *trial) intercept() record {
	return record{
		"id": t.id(), "partner_key": pool, "pool_key": pool, "out_id": "order-1", "sub_id": subs, "sms_type": 1, "send_no": "13900001111",
		"secret_no": sampleX, "receive_no": "13900002222", "sms_content": "a text", "sms_sign": "sign", "status": 1,
		"sms_intercept_type": "NORMAL", "call_id": t.id(), "code": "DELIVRD", "start_time": at(t.moments().released),
	}
}

// unknown is a receipt of a type whose fields are not known.
func (t *trial) unknown() record {
	return record{"pool_key": pool, "call_id": t.id(), "call_time": at(t.moments().dialled), "content": "what it may hold"}
}

// old is a record in the format of 2017. https://help.aliyun.com/document_detail/60498.html
func (t *trial) old() record {
	m := t.moments()
	return record{
		"id": t.id(), "partner_key": pool, "out_id": "order-1", "sub_id": "1000000001", "call_id": t.id(), "call_type": "0", "origin_no": "13900001111",
		"phone_no": "13900001111", "secret_no": sampleX, "peer_no": "13900002222", "release_dir": "1", "release_cause": "16",
		"start_time": at(m.answered), "release_time": at(m.released), "call_time": at(m.dialled), "ring_time": at(m.rang),
	}
}

// kinds are the types of receipts that are pushed over HTTP, with a receipt of each.
func (t *trial) kinds() []struct {
	kind   sim.Type
	record func() record
} {
	return []struct {
		kind   sim.Type
		record func() record
	}{
		{sim.SecretStartReport, t.start}, {sim.SecretRingReport, t.ring}, {sim.SecretPickUpReport, t.pickUp}, {sim.SecretReport, t.report},
		{sim.SecretRecording, t.recording}, {sim.SecretAsrReport, t.unknown}, {sim.SmartLogisticsReport, t.unknown},
		{sim.NumberManagementReport, t.number}, {sim.SecretSmsIntercept, t.intercept},
	}
}
