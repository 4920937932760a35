// Package secondopinion has other people's code sign what we sign: the official
// Go SDKs of Alibaba Cloud, held against package signature. It is a module of its
// own, so that the product depends on none of them, and has nothing but tests.
//
// Two SDKs are asked. The engine of the present one (darabonba-openapi, which the
// package of each product only feeds) signs by version 1.0 of the scheme where it
// is told to; what it sends is received here and signed once more. The one before
// it (alibaba-cloud-sdk-go) signs so by default and has the package of the product,
// dyplsapi: it says what the parameters are called, too. It sends one that has no
// value, SignatureType, and signs it.
//
// For Huawei Cloud there is no such test: its official SDK for Go does not cover
// PrivateNumber. The digests of its tokens are held against vectors from JDK and
// openssl instead, in package signature.
package secondopinion
