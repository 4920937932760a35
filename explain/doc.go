// Package explain shows how the signature of one received message comes about,
// and where it went wrong. It guesses nothing: a mistake is named only after the
// received digest was computed with it, so that what it names is certain.
//
// Three schemes are explained: [Aliyun], the sorted query of Alibaba Cloud's X
// mode; [POP], version 1.0 of the signature of its APIs; [Huawei], the username
// token of Huawei Cloud. All are pure functions of a [Question]: no clock, no
// network, no file. No key is in any [Report] or error.
package explain
