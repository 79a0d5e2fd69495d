package gen

// update turns an allowed case into an update of the stored pod.
func (g *Generator) update(mutation bool) *draft {
	r := g.r
	var k int
	for try := 0; ; try++ {
		if len(g.kept) == 0 || try > 50 {
			return nil
		}
		k = r.Intn(len(g.kept))
		if g.ok[k].Allowed && g.kept[k].op == "CREATE" && len(g.ok[k].MutatedPodErrors) == 0 && !g.ok[k].InvalidPolicies {
			break
		}
	}
	d := g.kept[k].clone()
	d.op = "UPDATE"
	d.from = g.names[k]
	d.old = parse(raw(g.ok[k].Pod))
	m := sub(d.old, "metadata")
	if m["name"] == nil {
		m["name"] = m["generateName"].(string) + "x7k2p"
	}
	m["resourceVersion"] = "101"
	m["uid"] = "6f1c2d3e-0000-4000-8000-00000000000a"
	if r.p(0.15) {
		d.old["status"] = M{"phase": "Running", "qosClass": "BestEffort"}
	}
	if mutation { // as if stored without policies
		old := parse(raw(g.ok[k].DefaultedPod))
		v, err := viewOf(old)
		if err != nil {
			return nil
		}
		om := sub(old, "metadata")
		for _, key := range []string{"name", "namespace", "resourceVersion", "uid"} {
			om[key] = m[key]
		}
		d.old = old
		if r.p(0.5) {
			annotations(d.old)[pspAnnotation] = metaName(pickOf(r, d.policies))
		}
		for _, p := range d.policies {
			if r.p(0.7) {
				pickOf(r, wants).apply(r, v, p)
			}
		}
	}
	if r.p(0.4) { // debug containers were added through the subresource
		e := r.container("debugger-abc")
		delete(e, "ports")
		delete(e, "resources")
		delete(e, "livenessProbe")
		if r.p(0.7) {
			sc := ctrSC(e)
			switch r.Intn(5) {
			case 0:
				sc["privileged"] = true
			case 1:
				sc["runAsUser"] = pickOf(r, uids)
			case 2:
				sc["capabilities"] = M{"add": L{"SYS_PTRACE"}}
			case 3:
				sc["allowPrivilegeEscalation"] = r.p(0.5)
			default:
				sc["runAsNonRoot"] = r.p(0.5)
				sc["readOnlyRootFilesystem"] = r.p(0.5)
			}
		}
		push(spec(d.old), "ephemeralContainers", e)
	}
	d.pod = cloneM(d.old)
	delete(d.pod, "status")
	edits := 1 + r.Intn(2)
	for i := 0; i < edits; i++ {
		switch r.Intn(9) {
		case 0, 1:
			sub(sub(d.pod, "metadata"), "labels")["rev"] = r.pick("1", "2", "3")
		case 2:
			pickOf(r, mainContainers(d.pod))["image"] = pickOf(r, images)
		case 3:
			annotations(d.pod)["note"] = r.pick("x", "y")
		case 4:
			sub(d.pod, "metadata")["finalizers"] = L{"example.com/hold"}
		case 5:
			sub(d.pod, "metadata")["ownerReferences"] = L{M{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": "0a1b2c3d-0000-4000-8000-000000000002"}}
		case 6:
			spec(d.pod)["activeDeadlineSeconds"] = int64(600)
		case 7:
			annotations(d.pod)[pspAnnotation] = r.pick("nosuch", metaName(append(d.policies, newPolicy("restricted"))[0]))
		default:
			delete(annotations(d.pod), pspAnnotation)
		}
	}
	if r.p(0.4) && len(d.policies) > 0 { // another user or other policies
		switch r.Intn(5) {
		case 0:
			d.user = r.user(d.ns, "")
		case 1:
			i := r.Intn(len(d.policies))
			d.policies = append(d.policies[:i:i], d.policies[i+1:]...)
		case 4:
			for _, p := range d.policies {
				r.unusable(p)
			}
			if r.p(0.3) {
				d.policies = nil
			}
		case 2:
			d.rbac["roleBindings"] = L{}
		default:
			if v, err := viewOf(d.pod); err == nil {
				t := pickOf(r, targets)
				t.violate(r, v, pickOf(r, d.policies))
			}
		}
	}
	return d
}
