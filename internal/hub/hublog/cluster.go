package hublog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/handbereik/soh/internal/begrip"
)

// Cluster is a JetStream cluster outside this process that holds the log, so
// that several replicas of the hub can stand in front of it. Its account is for
// these hubs alone: who may publish there may write in the log.
type Cluster struct {
	URLs     []string // of the servers: nats://host:4222 or tls://host:4222
	Cert     string   // certificate of this hub, PEM file; empty is none
	Key      string   // key of Cert, PEM file
	CA       string   // trusted authorities, PEM file; empty is those of the system
	Gegevens string   // NATS credentials file; empty is none
	Enkel    bool     // one server will do: no replicas, so its disk is all there is

	// Wacht is how long a write goes on trying while the cluster chooses a new
	// leader, which takes up to ten seconds; senders wait as long and are refused
	// after it. Zero is 15 s.
	Wacht time.Duration
}

func (c *Cluster) wacht() time.Duration {
	if c.Wacht == 0 {
		return 15 * time.Second
	}
	return c.Wacht
}

func (c *Cluster) replicas() int {
	if c == nil || c.Enkel {
		return 1
	}
	return 3
}

// verbind connects to the cluster and goes on doing so: a connection that is
// lost comes back by itself, to whichever server there is.
func (o *opslag) verbind() error {
	opties := []nats.Option{
		nats.Name("soh hub"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond), nats.ReconnectBufSize(-1),
		nats.Timeout(5 * time.Second), nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { o.log.Warn("verbinding met het log verbroken", "fout", err) }),
		nats.ReconnectHandler(func(*nats.Conn) { o.log.Info("verbinding met het log hersteld") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { o.log.Warn("verbinding met het log", "fout", err) }),
	}
	if o.cluster.Cert != "" {
		opties = append(opties, nats.ClientCert(o.cluster.Cert, o.cluster.Key))
	}
	if o.cluster.CA != "" {
		opties = append(opties, nats.RootCAs(o.cluster.CA))
	}
	if o.cluster.Gegevens != "" {
		opties = append(opties, nats.UserCredentials(o.cluster.Gegevens))
	}
	nc, err := nats.Connect(strings.Join(o.cluster.URLs, ","), opties...)
	if err != nil {
		return fmt.Errorf("geen verbinding met het log (NATS): %w", err)
	}
	if nc.MaxPayload() < maxPayload {
		nc.Close()
		return fmt.Errorf("de NATS-servers van het log nemen berichten tot %d bytes; zet max_payload op 8MB", nc.MaxPayload())
	}
	o.nc = nc
	return nil
}

// stroom opens or makes a stream and asserts its settings. A stream in a
// cluster that is there already is not changed: its keeper may have placed it.
func (o *opslag) stroom(c stroomConfig) (*Stroom, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startWacht)
	defer cancel()
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.js == nil {
		return nil, gesloten()
	}
	wens := o.wens(c)
	st, err := o.openStroom(ctx, wens)
	if err != nil {
		return nil, fmt.Errorf("stroom %s openen: %w", c.naam, err)
	}
	info, err := st.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("stroom %s openen: %w", c.naam, err)
	}
	if err := keur(info.Config, wens); err != nil {
		return nil, err
	}
	s := &Stroom{o: o, cfg: c, onderwerp: wens.Subjects[0], schrijver: nats.NewInbox()[len("_INBOX."):]}
	s.laatste.Store(info.State.LastSeq)
	s.eerste = info.State.FirstSeq
	s.gehoord.Store(time.Now().UnixNano())
	return s, nil
}

func (o *opslag) wens(c stroomConfig) jetstream.StreamConfig {
	klein := strings.ToLower(c.naam)
	w := jetstream.StreamConfig{
		Name: c.naam, Subjects: []string{"hub." + klein},
		Storage: jetstream.FileStorage, Replicas: o.cluster.replicas(), PersistMode: jetstream.DefaultPersistMode,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: -1, MaxBytes: c.maxBytes, MaxMsgSize: -1, MaxConsumers: -1,
		Duplicates: 10 * time.Minute, AllowDirect: true, DenyDelete: c.onveranderlijk, DenyPurge: true,
	}
	if w.MaxBytes <= 0 {
		w.MaxBytes = -1
	}
	if o.cluster != nil { // so that the other replicas learn of each message
		w.RePublish = &jetstream.RePublish{Source: w.Subjects[0], Destination: gelegd(c.naam), HeadersOnly: true}
	}
	return w
}

func gelegd(naam string) string { return "hub.gelegd." + strings.ToLower(naam) }

// openStroom opens or makes a stream.
func (o *opslag) openStroom(ctx context.Context, wens jetstream.StreamConfig) (st jetstream.Stream, err error) {
	if o.cluster == nil {
		return o.js.CreateOrUpdateStream(ctx, wens)
	}
	err = o.metGeduld(ctx, func(ctx context.Context) error {
		st, err = o.js.Stream(ctx, wens.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			st, err = o.js.CreateStream(ctx, wens)
		}
		return err
	})
	return st, err
}

// antwoordWacht is how long one question to a cluster may take.
const antwoordWacht = 5 * time.Second

// metGeduld asks until there is an answer or ctx ends: a cluster that is choosing a
// leader says that it has none, or loses the question. So the question must be one that
// may be asked twice.
func (o *opslag) metGeduld(ctx context.Context, vraag func(ctx context.Context) error) error {
	for {
		kort, af := context.WithTimeout(ctx, antwoordWacht)
		err := vraag(kort)
		af()
		var api *jetstream.APIError
		if err == nil || o.cluster == nil || errors.As(err, &api) && api.ErrorCode != codeGeenLeider && api.ErrorCode != codeGeenPlaats {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(time.Second):
		}
		o.log.Warn("het log antwoordt nog niet; nieuwe poging", "fout", err)
	}
}

// keur says what is wrong with the settings of a stream: each of these would
// break the promise of this package in silence.
func keur(is, wens jetstream.StreamConfig) error {
	var mis []string
	eis := func(ok bool, naam string) {
		if !ok {
			mis = append(mis, naam)
		}
	}
	eis(is.PersistMode == jetstream.DefaultPersistMode, "persist_mode moet default zijn, anders schrijft de server niet meteen naar de schijf")
	eis(is.Storage == jetstream.FileStorage, "storage moet file zijn")
	eis(is.Replicas >= wens.Replicas, fmt.Sprintf("num_replicas moet ten minste %d zijn (of start met --log-enkel)", wens.Replicas))
	eis(is.Retention == jetstream.LimitsPolicy, "retention moet limits zijn")
	eis(is.Discard == jetstream.DiscardNew, "discard moet new zijn")
	eis(is.MaxAge == 0 && is.MaxMsgs <= 0 && is.MaxMsgsPerSubject <= 0, "max_age, max_msgs en max_msgs_per_subject moeten uit staan")
	eis(is.DenyPurge && is.DenyDelete == wens.DenyDelete, fmt.Sprintf("deny_purge moet aan staan en deny_delete moet %t zijn", wens.DenyDelete))
	eis(len(is.Subjects) == 1 && is.Subjects[0] == wens.Subjects[0], "subjects moet alleen "+wens.Subjects[0]+" zijn")
	eis(is.Duplicates >= wens.Duplicates, "duplicate_window moet ten minste 10m zijn")
	eis(is.MaxMsgSize <= 0 || is.MaxMsgSize >= maxPayload, "max_msg_size moet uit staan of ten minste 8 MB zijn")
	eis(wens.RePublish == nil || is.RePublish != nil && is.RePublish.Destination == wens.RePublish.Destination, "republish moet naar "+gelegd(wens.Name)+" gaan")
	eis(is.Mirror == nil && len(is.Sources) == 0 && !is.Sealed, "mirror, sources en sealed moeten uit staan")
	if len(mis) == 0 {
		return nil
	}
	return fmt.Errorf("de instellingen van stroom %s kloppen niet: %s", wens.Name, strings.Join(mis, "; "))
}

// bijhouden tells f of messages of other replicas until stop is called: at once
// by what the servers publish, and every second by asking, for what got lost
// on the way.
func (s *Stroom) bijhouden(f func(seq uint64)) (stop func(), err error) {
	sub, err := s.o.nc.Subscribe(gelegd(s.cfg.naam), func(m *nats.Msg) {
		if seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64); err == nil && m.Header.Get("Nats-Stream") == s.cfg.naam {
			s.verder(seq)
			f(seq)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("stroom %s volgen: %w", s.cfg.naam, err)
	}
	ctx, einde := context.WithCancel(context.Background())
	klaar := make(chan struct{})
	go func() {
		defer close(klaar)
		klok := time.NewTicker(time.Second)
		defer klok.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-klok.C:
			}
			kort, af := context.WithTimeout(ctx, 5*time.Second)
			if seq, err := s.Nu(kort); err == nil {
				f(seq)
			}
			af()
		}
	}()
	return func() { einde(); <-klaar; _ = sub.Unsubscribe() }, nil
}

// bijLeider reads message seq from the leader of the stream.
func (s *Stroom) bijLeider(ctx context.Context, seq uint64) ([]byte, error) {
	s.o.mu.RLock()
	defer s.o.mu.RUnlock()
	if s.o.js == nil {
		return nil, gesloten()
	}
	vraag := fmt.Appendf(nil, `{"seq":%d}`, seq)
	m, err := s.o.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+s.cfg.naam, vraag)
	if err != nil {
		return nil, vol(err)
	}
	var a struct {
		Error   *jetstream.APIError `json:"error"`
		Message *struct {
			Data []byte `json:"data"`
		} `json:"message"`
	}
	switch err := json.Unmarshal(m.Data, &a); {
	case err != nil:
		return nil, vol(err)
	case a.Error != nil && a.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, begrip.NieuweFout(begrip.NietGevonden, "Dit bericht staat niet in de opslag.").Door(a.Error)
	case a.Error != nil:
		return nil, vol(a.Error)
	case a.Message == nil:
		return nil, vol(errors.New("leeg antwoord van de leider"))
	}
	return a.Message.Data, nil
}
