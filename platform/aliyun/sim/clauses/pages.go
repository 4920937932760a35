package clauses

import "xmode/simulator/conform"

// Pages are the pages of the documentation that the clauses refer to.
func Pages() []conform.Page {
	const help = "https://help.aliyun.com/"
	return []conform.Page{
		{Key: "A1", Title: "Operations in X mode", URL: help + "zh/pnp/operations-in-x-mode"},
		{Key: "A2", Title: "Push receipts over HTTP", URL: help + "zh/pnp/developer-reference/push-receipts-over-http/"},
		{Key: "A3", Title: "SecretStartReport", URL: help + "en/pnp/developer-reference/secretstartreport"},
		{Key: "A4", Title: "SecretReport", URL: help + "en/pnp/developer-reference/secretreport"},
		{Key: "A5", Title: "SecretRecording", URL: help + "zh/pnp/developer-reference/secretrecording"},
		{Key: "A6", Title: "SecretRingReport, SecretPickUpReport", URL: help + "zh/pnp/developer-reference/secretringreport"},
		{Key: "A7", Title: "SecretSmsIntercept, NumberManagementReport", URL: help + "zh/pnp/developer-reference/numbermanagementreport-1"},
		{Key: "A8", Title: "Codes", URL: help + "document_detail/109196.htm"},
		{Key: "A10", Title: "Voice Service, dynamic IVR callback (sibling)", URL: help + "document_detail/112702.html"},
		{Key: "A11", Title: "Carrier-facing call control (sibling)", URL: "https://open.alitrip.com/docs/api.htm?apiId=33507"},
	}
}
