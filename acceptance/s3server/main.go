// Command s3server is the S3 server that tests store pictures in: Versity's gateway on a folder, with one
// account, whose keys are ROOT_ACCESS_KEY_ID and ROOT_SECRET_ACCESS_KEY.
//
//	s3server ADDRESS FOLDER SIDECAR
//
// SIDECAR is a second folder, for what file systems without extended attributes cannot hold. GET /health
// answers 200 without keys. It is built without the gateway's own command line, which brings the clients of
// several clouds and takes three times as long.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: s3server ADDRESS FOLDER SIDECAR")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address, folder, sidecar string) error {
	beside, err := meta.NewSideCar(sidecar)
	if err != nil {
		return err
	}
	store, err := posix.New(folder, beside, posix.PosixOpts{SideCarDir: sidecar, Concurrency: 64})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(context.Background(), store, &embedgw.Config{
		RootUserAccess: os.Getenv("ROOT_ACCESS_KEY_ID"), RootUserSecret: os.Getenv("ROOT_SECRET_ACCESS_KEY"),
		Ports: []string{address}, MaxConnections: 1024, MaxRequests: 1024, MultipartMaxParts: 10_000,
		HealthPath: "/health", Quiet: true, KeepAlive: true,
	})
}
