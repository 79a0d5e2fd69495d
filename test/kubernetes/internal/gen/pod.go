package gen

import (
	"fmt"
	"strings"
)

// container makes a plain container.
func (r *R) container(name string) M {
	c := M{"name": name, "image": pickOf(r, images)}
	if r.p(0.3) {
		c["command"] = L{"/bin/sh", "-c", "exec sleep 3600"}
	}
	if r.p(0.35) {
		c["resources"] = M{"requests": M{"cpu": r.pick("50m", "100m", "1"), "memory": r.pick("64Mi", "128Mi", "1Gi")}}
		if r.p(0.5) {
			sub(c, "resources")["limits"] = M{"memory": r.pick("1Gi", "2Gi"), "cpu": "2"}
		}
	}
	if r.p(0.25) {
		c["ports"] = L{M{"containerPort": pickOf(r, ports)}}
	}
	if r.p(0.15) {
		c["env"] = L{M{"name": "POD_IP", "valueFrom": M{"fieldRef": M{"fieldPath": "status.podIP"}}}}
	}
	if r.p(0.08) {
		c["imagePullPolicy"] = r.pick("Always", "IfNotPresent")
	}
	if r.p(0.05) && !strings.Contains(name, "init") && name != "setup" && name != "sysctl" && name != "install-cni" {
		c["livenessProbe"] = M{"httpGet": M{"path": "/healthz", "port": int64(8080)}}
	}
	return c
}

func volume(name string, source M) M {
	source["name"] = name
	return source
}

func mount(c M, name, path string, readOnly interface{}) {
	m := M{"name": name, "mountPath": path}
	if readOnly != nil {
		m["readOnly"] = readOnly
	}
	push(c, "volumeMounts", m)
}

// volumeSource makes a source of the given kind.
func (r *R) volumeSource(kind string) M {
	switch kind {
	case "hostPath":
		h := M{"path": pickOf(r, hostPaths)}
		if r.p(0.2) {
			h["type"] = r.pick("", "Directory", "DirectoryOrCreate", "File", "Socket")
		}
		return M{kind: h}
	case "emptyDir":
		if r.p(0.1) {
			return M{} // defaulted to emptyDir
		}
		return M{kind: pickOf(r, []M{{}, {"medium": "Memory"}, {"sizeLimit": "1Gi"}})}
	case "secret":
		return M{kind: M{"secretName": r.pick("tls", "app-secret", "token-abcde")}}
	case "configMap":
		return M{kind: M{"name": r.pick("config", "kube-root-ca.crt", "scripts")}}
	case "persistentVolumeClaim":
		return M{kind: M{"claimName": "data-0"}}
	case "projected":
		return M{kind: r.projected()}
	case "downwardAPI":
		return M{kind: M{"items": L{M{"path": "labels", "fieldRef": M{"fieldPath": "metadata.labels"}}}}}
	case "nfs":
		return M{kind: M{"server": "nfs.example.com", "path": "/exports"}}
	case "iscsi":
		return M{kind: M{"targetPortal": "10.0.2.15:3260", "iqn": "iqn.2001-04.com.example:storage.kube.sys1.xyz", "lun": int64(0)}}
	case "glusterfs":
		return M{kind: M{"endpoints": "glusterfs-cluster", "path": "kube_vol"}}
	case "rbd":
		return M{kind: M{"monitors": L{"10.16.154.78:6789"}, "image": "foo"}}
	case "flexVolume":
		return M{kind: M{"driver": pickOf(r, flexDrivers)}}
	case "cinder":
		return M{kind: M{"volumeID": "573e024d-5235-49ce-8332-be1576d323f8"}}
	case "cephFS", "cephfs":
		return M{"cephfs": M{"monitors": L{"10.16.154.78:6789"}}}
	case "flocker":
		return M{kind: M{"datasetName": "my-flocker-vol"}}
	case "fc":
		return M{kind: M{"targetWWNs": L{"50060e801049cfd1"}, "lun": int64(0)}}
	case "azureFile":
		return M{kind: M{"secretName": "azure-secret", "shareName": "k8stest"}}
	case "azureDisk":
		return M{kind: M{"diskName": "test.vhd", "diskURI": "https://someaccount.blob.core.windows.net/vhds/test.vhd"}}
	case "gcePersistentDisk":
		return M{kind: M{"pdName": "my-data-disk"}}
	case "awsElasticBlockStore":
		return M{kind: M{"volumeID": "vol-0a1b2c3d"}}
	case "gitRepo":
		return M{kind: M{"repository": "https://git.example.com/me/repo.git"}}
	case "vsphereVolume":
		return M{kind: M{"volumePath": "[DatastoreName] volumes/myDisk"}}
	case "quobyte":
		return M{kind: M{"registry": "registry:6789", "volume": "testVolume"}}
	case "photonPersistentDisk":
		return M{kind: M{"pdID": "some-pdid"}}
	case "portworxVolume":
		return M{kind: M{"volumeID": "pxvol"}}
	case "scaleIO":
		return M{kind: M{"gateway": "https://localhost:443/api", "system": "scaleio", "secretRef": M{"name": "sio-secret"}, "volumeName": "vol-0"}}
	case "storageos":
		return M{kind: M{"volumeName": "redis-vol01"}}
	case "csi":
		return M{kind: M{"driver": pickOf(r, csiDrivers)}}
	case "ephemeral":
		return M{kind: M{"volumeClaimTemplate": M{"spec": M{"accessModes": L{"ReadWriteOnce"}, "resources": M{"requests": M{"storage": "1Gi"}}}}}}
	}
	panic("unknown volume kind " + kind)
}

// tokenProjection is the volume that the ServiceAccount plugin adds.
func tokenProjection() M {
	return M{"sources": L{
		M{"serviceAccountToken": M{"expirationSeconds": int64(3607), "path": "token"}},
		M{"configMap": M{"name": "kube-root-ca.crt", "items": L{M{"key": "ca.crt", "path": "ca.crt"}}}},
		M{"downwardAPI": M{"items": L{M{"path": "namespace", "fieldRef": M{"apiVersion": "v1", "fieldPath": "metadata.namespace"}}}}},
	}}
}

// projected makes the token volume or something near to it.
func (r *R) projected() M {
	p := tokenProjection()
	src := list(p, "sources")
	tok, cm, dw := src[0].(M), src[1].(M), src[2].(M)
	switch r.Intn(16) {
	case 0, 1, 2, 3:
	case 4:
		sub(tok, "serviceAccountToken")["audience"] = "vault"
	case 5:
		sub(tok, "serviceAccountToken")["path"] = "vault-token"
	case 6:
		sub(cm, "configMap")["name"] = "other"
	case 7:
		p["sources"] = append(src, M{"secret": M{"name": "extra"}})
	case 8:
		dw["downwardAPI"] = M{"items": L{M{"path": "ns", "fieldRef": M{"fieldPath": "metadata.namespace"}}}}
	case 9:
		dw["downwardAPI"] = M{"items": L{M{"path": "namespace", "fieldRef": M{"fieldPath": "metadata.name"}}}}
	case 10:
		dw["downwardAPI"] = M{"items": L{M{"path": "namespace", "fieldRef": M{"fieldPath": "metadata.namespace"}}}} // apiVersion by default
	case 11:
		p["sources"] = L{tok}
	case 12:
		p["sources"] = L{cm, M{"configMap": M{"name": "kube-root-ca.crt"}}}
	case 13:
		p["sources"] = L{}
	case 14:
		p["sources"] = L{M{"secret": M{"name": "a"}}, M{"configMap": M{"name": "b"}}}
	default:
		dw["downwardAPI"] = M{"items": L{M{"path": "cpu", "resourceFieldRef": M{"containerName": "app", "resource": "limits.cpu"}}}}
	}
	if r.p(0.15) {
		p["defaultMode"] = int64(420)
	}
	return p
}

// addVolume adds a volume of the kind and mostly a mount.
func (r *R) addVolume(pod M, kind string) M {
	name := fmt.Sprintf("%s-%d", strings.ToLower(kind), len(volumes(pod)))
	v := volume(name, r.volumeSource(kind))
	push(spec(pod), "volumes", v)
	if r.p(0.85) {
		for _, c := range some(r, mainContainers(pod), 1+r.Intn(2)) {
			var ro interface{}
			if r.p(0.5) {
				ro = r.p(0.7)
			}
			mount(c, name, "/mnt/"+name, ro)
		}
	}
	return v
}

func (r *R) newPod(ns string) M {
	meta := M{}
	if r.p(0.2) {
		meta["generateName"] = r.pick("web-7d4b9c-", "job-", "api-")
	} else {
		meta["name"] = r.pick("web-0", "api", "agent-x7k2p", "node-exporter-9q8zs", "job-1", "debug", "redis-master-0")
	}
	if r.p(0.6) {
		meta["namespace"] = ns
	}
	if r.p(0.6) {
		meta["labels"] = M{"app": r.pick("web", "api", "agent"), "tier": r.pick("backend", "edge")}
	}
	if r.p(0.2) {
		sub(meta, "annotations")["prometheus.io/scrape"] = "true"
	}
	if r.p(0.15) {
		meta["ownerReferences"] = L{M{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-7d4b9c", "uid": "0a1b2c3d-0000-4000-8000-000000000001", "controller": true, "blockOwnerDeletion": true}}
	}
	pod := M{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": M{}}
	s := spec(pod)
	main := r.container("app")
	s["containers"] = L{main}
	switch r.Intn(19) {
	case 0: // plain
	case 1: // web with a mesh sidecar
		main["ports"] = L{M{"containerPort": int64(8080), "name": "http"}}
		side := r.container("istio-proxy")
		side["securityContext"] = M{"runAsUser": int64(1337), "runAsGroup": int64(1337), "runAsNonRoot": true, "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false, "privileged": false, "capabilities": M{"drop": L{"ALL"}}}
		push(s, "containers", side)
		if r.p(0.6) {
			init := r.container("istio-init")
			init["securityContext"] = M{"runAsUser": int64(0), "runAsNonRoot": false, "capabilities": M{"add": L{"NET_ADMIN", "NET_RAW"}, "drop": L{"ALL"}}}
			s["initContainers"] = L{init}
		}
		push(s, "volumes", volume("istio-envoy", M{"emptyDir": M{"medium": "Memory"}}))
		mount(side, "istio-envoy", "/etc/istio/proxy", nil)
	case 2: // database
		s["securityContext"] = M{"fsGroup": int64(999), "runAsUser": int64(999)}
		push(s, "volumes", volume("data", M{"persistentVolumeClaim": M{"claimName": "data-redis-0"}}))
		mount(main, "data", "/data", nil)
	case 3: // node exporter
		s["hostNetwork"], s["hostPID"] = true, true
		main["ports"] = L{M{"containerPort": int64(9100), "hostPort": int64(9100), "name": "metrics"}}
		push(s, "volumes", volume("proc", M{"hostPath": M{"path": "/proc"}}), volume("sys", M{"hostPath": M{"path": "/sys"}}))
		mount(main, "proc", "/host/proc", true)
		mount(main, "sys", "/host/sys", true)
		s["securityContext"] = M{"runAsNonRoot": true, "runAsUser": int64(65534)}
	case 4: // log shipper
		push(s, "volumes", volume("varlog", M{"hostPath": M{"path": "/var/log"}}), volume("containers", M{"hostPath": M{"path": "/var/lib/docker/containers"}}))
		mount(main, "varlog", "/var/log", r.p(0.5))
		mount(main, "containers", "/var/lib/docker/containers", true)
	case 5: // kube-proxy
		s["hostNetwork"] = true
		main["securityContext"] = M{"privileged": true}
		push(s, "volumes", volume("xtables-lock", M{"hostPath": M{"path": "/run/xtables.lock", "type": "FileOrCreate"}}), volume("lib-modules", M{"hostPath": M{"path": "/lib/modules"}}))
		mount(main, "xtables-lock", "/run/xtables.lock", false)
		mount(main, "lib-modules", "/lib/modules", true)
		s["priorityClassName"] = "system-node-critical"
	case 6: // CNI agent
		s["hostNetwork"] = true
		main["securityContext"] = M{"privileged": true}
		init := r.container("install-cni")
		init["securityContext"] = M{"privileged": true}
		push(s, "volumes", volume("cni-bin", M{"hostPath": M{"path": "/opt/cni/bin"}}))
		mount(init, "cni-bin", "/host/opt/cni/bin", nil)
		s["initContainers"] = L{init}
	case 7: // CSI node driver
		main["securityContext"] = M{"privileged": true, "allowPrivilegeEscalation": true, "capabilities": M{"add": L{"SYS_ADMIN"}}}
		push(s, "volumes", volume("pods", M{"hostPath": M{"path": "/var/lib/kubelet/pods", "type": "Directory"}}), volume("dev", M{"hostPath": M{"path": "/dev"}}))
		push(main, "volumeMounts", M{"name": "pods", "mountPath": "/var/lib/kubelet/pods", "mountPropagation": "Bidirectional"})
		mount(main, "dev", "/dev", nil)
	case 8: // docker in docker
		main["securityContext"] = M{"privileged": true}
		push(s, "volumes", volume("graph", M{"emptyDir": M{}}))
		mount(main, "graph", "/var/lib/docker", nil)
	case 9: // batch job
		s["restartPolicy"] = "Never"
		s["runtimeClassName"] = "gvisor"
	case 10: // ingress controller
		main["securityContext"] = M{"capabilities": M{"add": L{"NET_BIND_SERVICE"}, "drop": L{"ALL"}}, "runAsUser": int64(101), "allowPrivilegeEscalation": true}
		main["ports"] = L{M{"containerPort": int64(80), "hostPort": int64(80)}, M{"containerPort": int64(443), "hostPort": int64(443), "protocol": "TCP"}}
	case 11: // search engine
		init := r.container("sysctl")
		init["securityContext"] = M{"privileged": true, "runAsUser": int64(0)}
		s["initContainers"] = L{init}
		main["securityContext"] = M{"runAsUser": int64(1000), "runAsNonRoot": true}
		s["securityContext"] = M{"fsGroup": int64(1000)}
	case 12: // locked down
		main["securityContext"] = M{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true, "runAsUser": int64(65532), "capabilities": M{"drop": L{"ALL"}}, "seccompProfile": M{"type": "RuntimeDefault"}}
	case 13: // tuned
		s["securityContext"] = M{"sysctls": L{M{"name": "net.core.somaxconn", "value": "1024"}}}
	case 14: // two app containers
		push(s, "containers", r.container("worker"))
	case 15: // secrets over CSI
		push(s, "volumes", volume("secrets", M{"csi": M{"driver": "secrets-store.csi.k8s.io", "readOnly": true, "volumeAttributes": M{"secretProviderClass": "vault"}}}))
		mount(main, "secrets", "/mnt/secrets", true)
	case 16: // restricted profile
		s["securityContext"] = M{"runAsNonRoot": true, "seccompProfile": M{"type": "RuntimeDefault"}, "fsGroup": int64(2000), "supplementalGroups": L{int64(3000)}}
		main["securityContext"] = M{"allowPrivilegeEscalation": false, "capabilities": M{"drop": L{"ALL"}}}
	case 17: // with an init container
		s["initContainers"] = L{r.container("setup")}
	default: // three containers
		push(s, "containers", r.container("log"), r.container("metrics"))
	}
	if r.p(0.5) {
		push(s, "volumes", volume("kube-api-access-x7k2p", M{"projected": tokenProjection()}))
		for _, c := range mainContainers(pod) {
			mount(c, "kube-api-access-x7k2p", "/var/run/secrets/kubernetes.io/serviceaccount", true)
		}
	}
	if r.p(0.2) {
		for i := 1 + r.Intn(2); i > 0; i-- {
			r.addVolume(pod, pickOf(r, fsTypes))
		}
	}
	if r.p(0.05) {
		s["nodeName"] = "node-1"
	}
	if r.p(0.08) {
		s["tolerations"] = L{M{"operator": "Exists"}}
	}
	return pod
}
