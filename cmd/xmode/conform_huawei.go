package main

import (
	"fmt"
	"strings"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/platform/huawei/sim/clauses"
	"xmode/signature"
)

// huaweiFlags are where Huawei Cloud finds the endpoint.
type huaweiFlags struct {
	HuaweiEventsPath  string `name:"huawei-events-path" default:"/huawei/call-events" help:"Path of Huawei Cloud's call events."`
	HuaweiRecordsPath string `name:"huawei-records-path" default:"/huawei/cdrs" help:"Path of its call records."`
	HuaweiNumbersPath string `name:"huawei-numbers-path" default:"/huawei/number-status" help:"Path of the states of its X numbers."`
	HuaweiSMSPath     string `name:"huawei-sms-path" default:"/huawei/sms" help:"Path of its text messages."`
	Scheme            string `name:"scheme" default:"aksk" enum:"aksk,wsse" help:"How its messages are signed, but for the clauses about that: aksk or wsse."`
}

// huaweiContract is the row of Huawei Cloud.
func huaweiContract() contract {
	return contract{name: "huawei", title: "Huawei Cloud PrivateNumber", pages: clauses.Pages, clauses: conformHuawei}
}

func conformHuawei(c *conformCmd, keys conformKeys, run string) (conformed, error) {
	first, _, _ := strings.Cut(keys.Huawei.Reveal(), ",")
	key, secret, _ := strings.Cut(strings.TrimSpace(first), ":")
	var secrets []string
	for app := range strings.SplitSeq(keys.Huawei.Reveal(), ",") {
		_, one, _ := strings.Cut(app, ":")
		secrets = append(secrets, strings.TrimSpace(one))
	}
	config := clauses.Config{
		Addresses: sim.Addresses{
			Status: c.at(c.HuaweiEventsPath), Records: c.at(c.HuaweiRecordsPath), Numbers: c.at(c.HuaweiNumbersPath), SMS: c.at(c.HuaweiSMSPath),
		},
		AppKey: key, AppSecret: secret, Scheme: signature.TokenScheme(c.Scheme),
		Facts: c.facts(), Admin: c.admin(keys), Sender: c.sender(append(secrets, keys.api)...), Now: time.Now, Run: run, Queries: c.Queries,
	}
	if err := config.Check(); err != nil {
		return conformed{}, usageError{fmt.Sprintf("--huawei-…-path: %v", err)}
	}
	return conformed{clauses: clauses.Clauses(config), given: config.Given()}, nil
}
