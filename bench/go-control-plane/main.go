// Command go-control-plane serves a recording of discovery responses from the snapshot cache of envoyproxy/go-control-plane, so that
// the benchmark can hold that library beside the control plane under test: same resources, same clients, same edit.
//
// It prints one JSON line with its ports. POST /change?interval-ms=N sets the interval of every health check in every cluster.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
)

func main() {
	path := flag.String("recording", "", "recording to serve")
	delta := flag.Bool("delta", false, "the recording holds delta responses")
	nodes := flag.String("node-id", "dp-%d", "node id, %d is the number of the proxy")
	flag.Parse()
	world, err := loadWorld(*path, *delta)
	if err != nil {
		log.Fatal(err)
	}
	snapshots := cache.NewSnapshotCache(true, cache.IDHash{}, nil)
	world.pack("0", func(string) bool { return true })
	if err := world.publish(snapshots, *nodes); err != nil {
		log.Fatal(err)
	}
	// What reading the recording left behind is not the library's memory.
	debug.FreeOSMemory()
	http.HandleFunc("POST /change", func(w http.ResponseWriter, r *http.Request) {
		interval := r.URL.Query().Get("interval-ms")
		ms, err := strconv.ParseInt(interval, 10, 64)
		if err == nil {
			world.setInterval(ms)
			world.pack(interval, func(typeURL string) bool { return typeURL == resource.ClusterType })
			err = world.publish(snapshots, *nodes)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	log.Fatal(serve(snapshots))
}

func serve(snapshots cache.Cache) error {
	xds, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ports := map[string]int{"xdsPort": xds.Addr().(*net.TCPAddr).Port, "controlPort": control.Addr().(*net.TCPAddr).Port}
	line, err := json.Marshal(ports)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, string(line))
	go func() { log.Fatal(http.Serve(control, nil)) }()
	ads := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(ads, server.NewServer(context.Background(), snapshots, nil))
	return ads.Serve(xds)
}
