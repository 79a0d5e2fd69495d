package gen

import "strings"

// volumeTargets are the host and volume controls.
var volumeTargets = []target{
	{"privileged", func(r *R, pod M) {
		sc := ctrSC(anyCtr(r, pod))
		sc["privileged"] = true
		delete(sc, "allowPrivilegeEscalation")
	}, func(r *R, v *view, p M) bool { return r.off(spec(p), "privileged") && v.privileged() }},
	{"hostNetwork", func(r *R, pod M) {
		spec(pod)["hostNetwork"] = true
		for _, c := range containers(pod) {
			for _, x := range list(c, "ports") {
				if m := x.(M); m["hostPort"] != nil {
					m["hostPort"] = m["containerPort"]
				}
			}
		}
	}, func(r *R, v *view, p M) bool { return r.off(spec(p), "hostNetwork") && v.pod.Spec.HostNetwork }},
	{"hostPID", func(r *R, pod M) { spec(pod)["hostPID"] = true; delete(spec(pod), "shareProcessNamespace") },
		func(r *R, v *view, p M) bool { return r.off(spec(p), "hostPID") && v.pod.Spec.HostPID }},
	{"hostIPC", func(r *R, pod M) { spec(pod)["hostIPC"] = true },
		func(r *R, v *view, p M) bool { return r.off(spec(p), "hostIPC") && v.pod.Spec.HostIPC }},
	{"hostPorts", func(r *R, pod M) {
		for i := 0; i < 3; i++ {
			r.hostPort(pod)
		}
	}, func(r *R, v *view, p M) bool {
		hp := v.hostPorts()
		if len(hp) == 0 {
			return false
		}
		bad := pickOf(r, hp)
		l := L{}
		for _, x := range hp {
			if x != bad && r.p(0.8) {
				l = append(l, r.rng(x, x))
			}
		}
		switch r.Intn(6) {
		case 0:
			if r.p(0.5) {
				delete(spec(p), "hostPorts")
				return true
			}
			l = L{}
		case 1:
			l = append(l, r.rng(bad+1, 65535))
		case 2:
			l = append(l, r.rng(0, bad-1))
		case 3:
			l = append(l, r.rng(bad-1, bad-1), r.rng(bad+1, bad+1))
		case 4:
			l = append(l, r.rng(0, 0))
		default:
			l = append(l, r.rng(bad, bad-1), r.rng(-1, bad-1))
		}
		spec(p)["hostPorts"] = l
		return true
	}},
	{"volumes", func(r *R, pod M) {
		if len(volumes(pod)) == 0 || r.p(0.5) {
			r.addVolume(pod, pickOf(r, fsTypes))
		}
	}, func(r *R, v *view, p M) bool {
		ks := v.volumeKinds()
		if len(ks) == 0 {
			return false
		}
		bad := pickOf(r, ks)
		drop := []string{bad, "*"}
		for i := range v.pod.Spec.Volumes {
			if x := v.pod.Spec.Volumes[i].Projected; x != nil && bad == "projected" && tokenOnly(x) {
				drop = append(drop, "secret")
			}
		}
		var l []string
		for _, x := range list(spec(p), "volumes") {
			l = append(l, x.(string))
		}
		if has(l, "*") {
			l = append(l, ks...)
			l = append(l, some(r, fsTypes, 3)...)
		}
		if bad != "secret" {
			l = append(l, "secret")
		}
		l = without(uniq(l), drop...)
		if len(l) == 0 && r.p(0.5) {
			delete(spec(p), "volumes")
		} else {
			spec(p)["volumes"] = strs(l)
		}
		return true
	}},
	{"projectedToken", func(r *R, pod M) {
		l := L{}
		for _, v := range volumes(pod) {
			if v["projected"] == nil {
				l = append(l, v)
			} else {
				v["projected"] = tokenProjection()
				l = append(l, v)
			}
		}
		spec(pod)["volumes"] = l
		r.addVolume(pod, "projected")
	}, func(r *R, v *view, p M) bool {
		// Only "secret" is granted: the volumes that are more than the token fail.
		var l []string
		bad := false
		for i := range v.pod.Spec.Volumes {
			if x := v.pod.Spec.Volumes[i].Projected; x != nil {
				bad = bad || !tokenOnly(x)
			}
		}
		l = append(without(v.volumeKinds(), "projected"), "secret")
		spec(p)["volumes"] = strs(uniq(l))
		return bad
	}},
	{"allowedHostPaths", func(r *R, pod M) { needHostPath(r, pod, false) }, func(r *R, v *view, p M) bool {
		paths := v.paths()
		if len(paths) == 0 {
			return false
		}
		bad := pickOf(r, paths)
		l := L{}
		for _, x := range paths {
			if x != bad && !strings.Contains(x, "..") {
				l = append(l, M{"pathPrefix": x})
			}
		}
		for _, x := range some(r, nearPrefixes(r, bad), 1+r.Intn(3)) {
			if !strings.Contains(x, "..") {
				m := M{"pathPrefix": x}
				if r.p(0.2) {
					m["readOnly"] = r.p(0.5)
				}
				l = append(l, m)
			}
		}
		if len(l) == 0 {
			l = L{M{"pathPrefix": "/nowhere"}}
		}
		spec(p)["allowedHostPaths"] = shuffled(r, l)
		return true
	}},
	{"hostPathReadOnly", func(r *R, pod M) { needHostPath(r, pod, true) }, func(r *R, v *view, p M) bool {
		l := L{}
		found := false
		for i := range v.pod.Spec.Volumes {
			vol := &v.pod.Spec.Volumes[i]
			if vol.HostPath == nil {
				continue
			}
			path := vol.HostPath.Path
			if strings.Contains(path, "..") {
				return false
			}
			if v.writable(vol.Name) && (!found || r.p(0.5)) {
				found = true
				l = append(l, M{"pathPrefix": pickOf(r, prefixesOf(path)), "readOnly": true})
			} else {
				l = append(l, M{"pathPrefix": path})
			}
		}
		spec(p)["allowedHostPaths"] = shuffled(r, l)
		return found
	}},
	{"allowedFlexVolumes", func(r *R, pod M) { r.addVolume(pod, "flexVolume") }, func(r *R, v *view, p M) bool {
		l := L{}
		found := false
		for i := range v.pod.Spec.Volumes {
			if f := v.pod.Spec.Volumes[i].FlexVolume; f != nil {
				found = true
				l = append(l, M{"driver": pickOf(r, without(append(append([]string{}, flexDrivers...), f.Driver+"x", strings.ToUpper(f.Driver)), f.Driver))})
			}
		}
		spec(p)["allowedFlexVolumes"] = l
		return found
	}},
	{"allowedCSIDrivers", func(r *R, pod M) { r.addVolume(pod, "csi") }, func(r *R, v *view, p M) bool {
		l := L{}
		found := false
		for i := range v.pod.Spec.Volumes {
			if f := v.pod.Spec.Volumes[i].CSI; f != nil {
				found = true
				l = append(l, M{"name": pickOf(r, without(append(append([]string{}, csiDrivers...), f.Driver+".x"), f.Driver))})
			}
		}
		spec(p)["allowedCSIDrivers"] = l
		return found
	}},
}
