// Command kube-test-apiserver is a kube-apiserver and its etcd in one process, for tests: nothing else of Kubernetes runs.
//
//	kube-test-apiserver ETCD_DIR [flags of kube-apiserver]
package main

import (
	"fmt"
	"log"
	"net/url"
	"os"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: kube-test-apiserver ETCD_DIR [flags of kube-apiserver]")
	}
	endpoint, err := startEtcd(os.Args[1])
	if err != nil {
		log.Fatalf("etcd: %v", err)
	}
	command := app.NewAPIServerCommand()
	command.SetArgs(append([]string{"--etcd-servers=" + endpoint}, os.Args[2:]...))
	os.Exit(cli.Run(command))
}

// startEtcd runs a store of one member on a free port of loopback and returns its address. It does not flush to the disk: what it keeps
// outlives a killed process, which is all that a test needs.
func startEtcd(dir string) (string, error) {
	// Files of the log are made at their full size: 64 MiB each, unless told otherwise.
	wal.SegmentSizeBytes = 4 << 20
	config := embed.NewConfig()
	config.Dir = dir
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	anyPort := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	config.ListenClientUrls = []url.URL{anyPort}
	config.AdvertiseClientUrls = []url.URL{anyPort}
	config.ListenPeerUrls = []url.URL{anyPort}
	config.AdvertisePeerUrls = []url.URL{anyPort}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return "", err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return "http://" + etcd.Clients[0].Addr().String(), nil
	case err := <-etcd.Err():
		return "", err
	case <-time.After(time.Minute):
		return "", fmt.Errorf("not ready after a minute")
	}
}
