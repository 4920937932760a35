// Package aliyun speaks the X mode of Alibaba Cloud PNP (号码隐私保护): it
// verifies and decodes the platform's call control query and encodes the
// answer. https://help.aliyun.com/zh/pnp/operations-in-x-mode
// It takes the platform's receipts as well: call records, events of calls,
// text messages, X numbers.
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
//
// The page leaves the transport open, so the parameters are taken from the
// query string, a form body or a flat JSON object, by GET or POST. What the
// page does not state is marked "inferred" where it stands; every inferred
// name of the answer can be renamed or left out by [Settings].
package aliyun
