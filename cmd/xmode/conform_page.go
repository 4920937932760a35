package main

import (
	"fmt"

	"xmode/simulator/conform"
)

// clausesPage is docs/CLAUSES.md, which lists the clauses of all platforms.
func clausesPage() (string, error) {
	page := "<!-- Generated from the code by `make generate`; do not edit. -->\n\n# Clauses\n\n" +
		"What `xmode conform` checks, from outside, of any endpoint. A clause is a must if the platform's documentation states its rule\n" +
		"(`doc`), and a should if the rule is stated for a sibling interface (`sibling`), seen in published code (`code`), or a conclusion\n" +
		"(`inferred`). A clause that lacks what it needs is skipped: those that need\n" +
		"`--admin` and `XMODE_API_KEY` read back what an endpoint kept, which nobody sees from outside, through the admin interface of xmode.\n"
	unbound := &conformCmd{
		aliyunFlags: aliyunFlags{AliyunQueryPath: "/", AliyunReceiptsPath: "/"},
		huaweiFlags: huaweiFlags{HuaweiEventsPath: "/", HuaweiRecordsPath: "/", HuaweiNumbersPath: "/", HuaweiSMSPath: "/"},
	}
	for _, p := range contracts() {
		one, err := p.clauses(unbound, conformKeys{}, "")
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.name, err)
		}
		page += "\n" + conform.WritePage(p.title, p.pages(), one.clauses)
	}
	return page, nil
}
