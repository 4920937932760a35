// Package clauses holds the contract of Alibaba Cloud PNP's X mode as clauses that
// can be checked from outside: the call control query with its signature and its
// answers, and the receipts. What the platform's pages do not state is marked by
// its basis.
// https://help.aliyun.com/zh/pnp/operations-in-x-mode
package clauses
