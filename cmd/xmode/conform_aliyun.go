package main

import (
	"fmt"
	"strings"
	"time"

	"xmode/platform/aliyun/sim/clauses"
	"xmode/signature"
)

// aliyunFlags are where Alibaba Cloud finds the endpoint.
type aliyunFlags struct {
	AliyunQueryPath    string `name:"aliyun-query-path" default:"/aliyun/call-control" help:"Path of Alibaba Cloud's query."`
	AliyunReceiptsPath string `name:"aliyun-receipts-path" default:"/aliyun/receipts" help:"Path of its receipts: token and type come behind it, unless it says where, such as /callback/{type}."`
	Form               string `name:"signature" default:"form" enum:"form,form&,rfc3986,rfc3986&" help:"How its queries are signed: form, form&, rfc3986 or rfc3986&."`
}

// aliyunContract is the row of Alibaba Cloud.
func aliyunContract() contract {
	return contract{name: "aliyun", title: "Alibaba Cloud PNP", pages: clauses.Pages, clauses: conformAliyun}
}

func conformAliyun(c *conformCmd, keys conformKeys, run string) (conformed, error) {
	all := split(keys.Aliyun.Reveal())
	tokens := split(keys.Receipts.Reveal())
	path := c.AliyunReceiptsPath
	if !strings.Contains(path, "{type}") {
		path = strings.TrimSuffix(path, "/") + "/{token}/{type}"
	}
	config := clauses.Config{
		Query: c.at(c.AliyunQueryPath), Receipts: c.at(path), Key: all[0], Form: signature.Form(c.Form), Token: tokens[0],
		Facts: c.facts(), Admin: c.admin(keys), Sender: c.sender(append(append(all, tokens...), keys.api)...), Now: time.Now, Run: run, Queries: c.Queries,
	}
	if err := config.Check(); err != nil {
		return conformed{}, usageError{fmt.Sprintf("--aliyun-query-path, --aliyun-receipts-path: %v", err)}
	}
	return conformed{clauses: clauses.Clauses(config), given: config.Given()}, nil
}

// split takes a list of secrets apart; it has at least one element.
func split(list string) []string {
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
