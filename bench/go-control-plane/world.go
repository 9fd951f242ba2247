package main

import (
	"context"
	"fmt"
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
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// world holds each distinct resource once. Proxies with the same resources of a type share their set, and proxies with the same sets
// share a snapshot, so that an edit costs as little as the library allows.
type world struct {
	resources []proto.Message
	sets      []*set
	groups    []*group
}

// set is what some proxies hold of one type.
type set struct {
	typeURL string
	members []int // indexes in world.resources
	packed  cache.Resources
}

// group is some proxies that hold the same.
type group struct {
	sets    []*set
	proxies []uint32
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
}

// pack gives every set of these types what its resources are now, as a new version.
func (w *world) pack(version string, isWanted func(typeURL string) bool) {
	for _, s := range w.sets {
		if !isWanted(s.typeURL) {
			continue
		}
		items := make([]types.Resource, 0, len(s.members))
		for _, i := range s.members {
			items = append(items, w.resources[i])
		}
		s.packed = cache.NewResources(version, items)
	}
}

func (w *world) publish(snapshots cache.SnapshotCache, nodeID string) error {
	for _, g := range w.groups {
		snapshot := &cache.Snapshot{}
		for _, s := range g.sets {
			snapshot.Resources[cache.GetResponseType(s.typeURL)] = s.packed
		}
		for _, proxy := range g.proxies {
			if err := snapshots.SetSnapshot(context.Background(), fmt.Sprintf(nodeID, proxy), snapshot); err != nil {
				return err
			}
		}
	}
	return nil
}
