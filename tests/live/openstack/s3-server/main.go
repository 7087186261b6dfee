// An S3 server for tests: one account, objects as files, on this machine only.
//
//	s3-server FOLDER PORT
//
// The account's keys come in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: s3-server FOLDER PORT")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx, os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, folder, port string) error {
	buckets, beside := filepath.Join(folder, "buckets"), filepath.Join(folder, "meta")
	for _, path := range []string{buckets, beside} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
	}
	// What it notes of objects lies beside them, as not every file system has extended attributes.
	notes, err := meta.NewSideCar(beside)
	if err != nil {
		return err
	}
	options := posix.PosixOpts{SideCarDir: beside, Concurrency: 1000, CopyObjectThreshold: 5 << 30}
	objects, err := posix.New(buckets, notes, options)
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(ctx, objects, &embedgw.Config{
		RootUserAccess:    os.Getenv("AWS_ACCESS_KEY_ID"),
		RootUserSecret:    os.Getenv("AWS_SECRET_ACCESS_KEY"),
		Ports:             []string{"127.0.0.1:" + port},
		MaxConnections:    1000,
		MaxRequests:       1000,
		MultipartMaxParts: 10000,
		Quiet:             true,
		KeepAlive:         true,
	})
}
