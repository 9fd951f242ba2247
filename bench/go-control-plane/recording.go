package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"sort"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// loader reads a recording into a world.
type loader struct {
	world *world
	seen  map[string]int                       // type and bytes -> index in world.resources
	held  map[uint32]map[string]map[string]int // proxy -> type -> name -> index
}

// loadWorld reads a recording: for each response proxy, phase and length as little-endian uint32, then the bytes. Only phase 0, the
// first configuration, is read.
func loadWorld(path string, delta bool) (*world, error) {
	recording, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l := &loader{world: &world{}, seen: map[string]int{}, held: map[uint32]map[string]map[string]int{}}
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
			if err := l.add(proxy, packed); err != nil {
				return nil, err
			}
		}
	}
	l.group()
	return l.world, nil
}

func (l *loader) add(proxy uint32, packed *anypb.Any) error {
	key := packed.TypeUrl + "\n" + string(packed.Value)
	i, ok := l.seen[key]
	if !ok {
		unpacked, err := packed.UnmarshalNew()
		if err != nil {
			return err
		}
		i = len(l.world.resources)
		l.seen[key] = i
		l.world.resources = append(l.world.resources, unpacked)
	}
	if l.held[proxy] == nil {
		l.held[proxy] = map[string]map[string]int{}
	}
	if l.held[proxy][packed.TypeUrl] == nil {
		l.held[proxy][packed.TypeUrl] = map[string]int{}
	}
	l.held[proxy][packed.TypeUrl][cache.GetResourceName(l.world.resources[i])] = i
	return nil
}

// group puts together who holds the same; an edit does not change that.
func (l *loader) group() {
	sets, groups := map[string]*set{}, map[string]*group{}
	for proxy, byType := range l.held {
		var ofProxy []*set
		for typeURL, byName := range byType {
			ofProxy = append(ofProxy, l.setOf(sets, typeURL, byName))
		}
		sort.Slice(ofProxy, func(i, j int) bool { return ofProxy[i].typeURL < ofProxy[j].typeURL })
		key := fmt.Sprint(ofProxy) // The addresses of its sets.
		if groups[key] == nil {
			groups[key] = &group{sets: ofProxy}
			l.world.groups = append(l.world.groups, groups[key])
		}
		groups[key].proxies = append(groups[key].proxies, proxy)
	}
}

func (l *loader) setOf(sets map[string]*set, typeURL string, byName map[string]int) *set {
	var members []int
	for _, i := range byName {
		members = append(members, i)
	}
	sort.Ints(members)
	key := fmt.Sprint(typeURL, members)
	if sets[key] == nil {
		sets[key] = &set{typeURL: typeURL, members: members}
		l.world.sets = append(l.world.sets, sets[key])
	}
	return sets[key]
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
