// Package sim plays Alibaba Cloud PNP's X mode from the platform's side: it
// signs call control queries, sends them and reads the answers, pushes the
// receipts of calls, text messages and numbers, and answers where a recording can
// be downloaded.
// https://help.aliyun.com/zh/pnp/operations-in-x-mode
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
//
// It is written from the platform's pages and shares nothing with the adapter but
// the signing scheme of queries, so that a misread field does not pass because
// both sides misread it. What the pages do not state is marked inferred.
package sim
