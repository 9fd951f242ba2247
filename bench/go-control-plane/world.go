package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/file/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/stream/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/health_check/event_sinks/file/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// world holds each distinct resource once; proxies point into it, and proxies with the same resources share a snapshot.
type world struct {
	resources []proto.Message
	types     []string
	proxies   map[uint32]map[string]int // proxy -> type and name -> index in resources
	versions  map[string]string         // by type: only a type that changed gets a new version
}

func (w *world) setInterval(ms int64) {
	for i, r := range w.resources {
		old, ok := r.(*cluster.Cluster)
		if !ok || len(old.GetHealthChecks()) == 0 {
			continue
		}
		changed := proto.Clone(old).(*cluster.Cluster)
		for _, check := range changed.GetHealthChecks() {
			check.Interval = durationpb.New(time.Duration(ms) * time.Millisecond)
		}
		w.resources[i] = changed
	}
	w.versions[resource.ClusterType] = ""
}

func (w *world) publish(snapshots cache.SnapshotCache, nodeID string, version string) error {
	for typeURL, v := range w.versions {
		if v == "" {
			w.versions[typeURL] = version
		}
	}
	shared := map[string]*cache.Snapshot{}
	for proxy, held := range w.proxies {
		key := fingerprint(held)
		snapshot, ok := shared[key]
		if !ok {
			snapshot = w.snapshot(held)
			shared[key] = snapshot
		}
		if err := snapshots.SetSnapshot(context.Background(), fmt.Sprintf(nodeID, proxy), snapshot); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) snapshot(held map[string]int) *cache.Snapshot {
	byType := map[string][]types.Resource{}
	for _, i := range held {
		byType[w.types[i]] = append(byType[w.types[i]], w.resources[i])
	}
	snapshot := &cache.Snapshot{}
	for typeURL, items := range byType {
		snapshot.Resources[cache.GetResponseType(typeURL)] = cache.NewResources(w.versions[typeURL], items)
	}
	return snapshot
}

func fingerprint(held map[string]int) string {
	parts := make([]string, 0, len(held))
	for name, i := range held {
		parts = append(parts, fmt.Sprint(name, "=", i))
	}
	sort.Strings(parts)
	return strings.Join(parts, "\n")
}

// loadWorld reads a recording: for each response proxy, phase and length as little-endian uint32, then the bytes. Only phase 0, the
// first configuration, is read.
func loadWorld(path string, delta bool) (*world, error) {
	recording, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w := &world{proxies: map[uint32]map[string]int{}, versions: map[string]string{}}
	seen := map[string]int{}
	for len(recording) >= 12 {
		proxy, phase := binary.LittleEndian.Uint32(recording), binary.LittleEndian.Uint32(recording[4:])
		length := binary.LittleEndian.Uint32(recording[8:])
		message := recording[12 : 12+length]
		recording = recording[12+length:]
		if phase != 0 {
			continue
		}
		anys, err := resourcesOf(message, delta)
		if err != nil {
			return nil, err
		}
		for _, packed := range anys {
			if err := w.add(proxy, packed, seen); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

func (w *world) add(proxy uint32, packed *anypb.Any, seen map[string]int) error {
	key := packed.TypeUrl + "\n" + string(packed.Value)
	i, ok := seen[key]
	if !ok {
		unpacked, err := packed.UnmarshalNew()
		if err != nil {
			return err
		}
		i = len(w.resources)
		seen[key] = i
		w.resources = append(w.resources, unpacked)
		w.types = append(w.types, packed.TypeUrl)
		w.versions[packed.TypeUrl] = ""
	}
	if w.proxies[proxy] == nil {
		w.proxies[proxy] = map[string]int{}
	}
	w.proxies[proxy][packed.TypeUrl+"/"+cache.GetResourceName(w.resources[i])] = i
	return nil
}

func resourcesOf(message []byte, delta bool) ([]*anypb.Any, error) {
	if !delta {
		response := &discovery.DiscoveryResponse{}
		err := proto.Unmarshal(message, response)
		return response.GetResources(), err
	}
	response := &discovery.DeltaDiscoveryResponse{}
	err := proto.Unmarshal(message, response)
	anys := make([]*anypb.Any, 0, len(response.GetResources()))
	for _, r := range response.GetResources() {
		anys = append(anys, r.GetResource())
	}
	return anys, err
}
