package clauses

import "xmode/simulator/conform"

// Pages are the pages of the documentation that the clauses refer to.
func Pages() []conform.Page {
	const api = "https://support.huaweicloud.com/api-PrivateNumber/"
	return []conform.Page{
		{Key: "P1", Title: "X mode, call events", URL: api + "privatenumber_02_0006_2.html"},
		{Key: "P1o", Title: "X mode, call events, older editions", URL: "https://huaweicloud.com/guide/productsdesc-bms_5b78eda3a46170649ec00c7ac6763822support0"},
		{Key: "P2", Title: "X mode, call records", URL: api + "privatenumber_02_0006_2a.html"},
		{Key: "P3", Title: "State of X numbers", URL: api + "numstatus_notify_axe.html"},
		{Key: "P4", Title: "X mode, text messages", URL: api + "privatenumber_02_0008_3.html"},
		{Key: "P6", Title: "Causes", URL: api + "privatenumber_02_0018.md"},
		{Key: "P7", Title: "Use of the causes", URL: "https://support.huaweicloud.com/devg-PrivateNumber/privatenumber_04_0010.html"},
		{Key: "P8", Title: "FAQ and console help", URL: "https://support.huaweicloud.com/PrivateNumber/index.html"},
	}
}
