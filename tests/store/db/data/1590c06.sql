--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: dbos; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA dbos;


--
-- Name: enqueue_workflow(text, text, json[], json, text, text, text, text, bigint, bigint, text, integer, text, text, text, bigint, text); Type: FUNCTION; Schema: dbos; Owner: -
--

CREATE FUNCTION dbos.enqueue_workflow(workflow_name text, queue_name text, positional_args json[] DEFAULT ARRAY[]::json[], named_args json DEFAULT '{}'::json, class_name text DEFAULT NULL::text, config_name text DEFAULT NULL::text, workflow_id text DEFAULT NULL::text, app_version text DEFAULT NULL::text, timeout_ms bigint DEFAULT NULL::bigint, deadline_epoch_ms bigint DEFAULT NULL::bigint, deduplication_id text DEFAULT NULL::text, priority integer DEFAULT NULL::integer, queue_partition_key text DEFAULT NULL::text, authenticated_user text DEFAULT NULL::text, authenticated_roles text DEFAULT NULL::text, delay_until_epoch_ms bigint DEFAULT NULL::bigint, application_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_workflow_id TEXT;
    v_serialized_inputs TEXT;
    v_owner_xid TEXT;
    v_now BIGINT;
    v_recovery_attempts INT4 := 0;
    v_priority INT4;
    v_status TEXT;
BEGIN

    -- Validate required parameters
    IF workflow_name IS NULL OR workflow_name = '' THEN
        RAISE EXCEPTION 'Workflow name cannot be null or empty';
    END IF;
    IF queue_name IS NULL OR queue_name = '' THEN
        RAISE EXCEPTION 'Queue name cannot be null or empty';
    END IF;
    IF named_args IS NOT NULL AND jsonb_typeof(named_args::jsonb) != 'object' THEN
        RAISE EXCEPTION 'Named args must be a JSON object';
    END IF;
    IF workflow_id IS NOT NULL AND workflow_id = '' THEN
        RAISE EXCEPTION 'Workflow ID cannot be an empty string if provided.';
    END IF;
    IF delay_until_epoch_ms IS NOT NULL AND delay_until_epoch_ms < 0 THEN
        RAISE EXCEPTION 'delay_until_epoch_ms must be >= 0';
    END IF;

    v_workflow_id := COALESCE(workflow_id, gen_random_uuid()::TEXT);
    v_owner_xid := gen_random_uuid()::TEXT;
    v_priority := COALESCE(priority, 0);
    v_serialized_inputs := json_build_object(
        'positionalArgs', positional_args,
        'namedArgs', named_args
    )::TEXT;
    v_now := EXTRACT(epoch FROM now()) * 1000;
    v_status := CASE WHEN delay_until_epoch_ms IS NULL THEN 'ENQUEUED' ELSE 'DELAYED' END;

    INSERT INTO "dbos".workflow_status (
        workflow_uuid, status,
        name, class_name, config_name,
        queue_name, deduplication_id, priority, queue_partition_key,
        application_version,
        created_at, updated_at, recovery_attempts,
        workflow_timeout_ms, workflow_deadline_epoch_ms,
        parent_workflow_id, owner_xid, serialization,
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    ) VALUES (
        v_workflow_id, v_status,
        workflow_name, class_name, config_name,
        queue_name, deduplication_id, v_priority, queue_partition_key,
        app_version,
        v_now, v_now, v_recovery_attempts,
        timeout_ms, deadline_epoch_ms,
        NULL, v_owner_xid, 'portable_json',
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    )
    ON CONFLICT (workflow_uuid)
    DO UPDATE SET
        updated_at = EXCLUDED.updated_at;

    INSERT INTO "dbos".workflow_input (
        workflow_uuid, inputs, retention_timestamp
    ) VALUES (
        v_workflow_id, v_serialized_inputs, v_now
    )
    ON CONFLICT (workflow_uuid) DO NOTHING;

    RETURN v_workflow_id;

EXCEPTION
    WHEN unique_violation THEN
        RAISE EXCEPTION 'DBOS queue duplicated'
            USING DETAIL = format('Workflow %s with queue %s and deduplication ID %s already exists', v_workflow_id, queue_name, deduplication_id),
                ERRCODE = 'unique_violation';
END;
$$;


--
-- Name: send_message(text, json, text, text); Type: FUNCTION; Schema: dbos; Owner: -
--

CREATE FUNCTION dbos.send_message(destination_id text, message json, topic text DEFAULT NULL::text, message_id text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_topic TEXT := COALESCE(topic, '__null__topic__');
    v_message_id TEXT := COALESCE(message_id, gen_random_uuid()::TEXT);
BEGIN
    INSERT INTO "dbos".notifications (
        destination_uuid, topic, message, message_uuid, serialization
    ) VALUES (
        destination_id, v_topic, message, v_message_id, 'portable_json'
    )
    ON CONFLICT (message_uuid) DO NOTHING;
EXCEPTION
    WHEN foreign_key_violation THEN
        RAISE EXCEPTION 'DBOS non-existent workflow'
            USING DETAIL = format('Destination workflow %s does not exist', destination_id),
                ERRCODE = 'foreign_key_violation';
END;
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: application_versions; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.application_versions (
    version_id text NOT NULL,
    version_name text NOT NULL,
    version_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text
);


--
-- Name: dbos_migrations; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.dbos_migrations (
    version bigint NOT NULL
);


--
-- Name: event_dispatch_kv; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.event_dispatch_kv (
    service_name text NOT NULL,
    workflow_fn_name text NOT NULL,
    key text NOT NULL,
    value text,
    update_seq numeric(38,0),
    update_time numeric(38,15)
);


--
-- Name: notifications; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.notifications (
    message_uuid text DEFAULT gen_random_uuid() NOT NULL,
    destination_uuid text NOT NULL,
    topic text,
    message text NOT NULL,
    created_at_epoch_ms bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    serialization text,
    consumed boolean DEFAULT false NOT NULL,
    consumed_by_function_id integer
);


--
-- Name: operation_outputs; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.operation_outputs (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    function_name text DEFAULT ''::text NOT NULL,
    output text,
    error text,
    child_workflow_id text,
    started_at_epoch_ms bigint,
    completed_at_epoch_ms bigint,
    serialization text,
    application_name text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);


--
-- Name: queues; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.queues (
    queue_id text DEFAULT (gen_random_uuid())::text NOT NULL,
    name text NOT NULL,
    concurrency integer,
    worker_concurrency integer,
    rate_limit_max integer,
    rate_limit_period_sec double precision,
    priority_enabled boolean DEFAULT false NOT NULL,
    partition_queue boolean DEFAULT false NOT NULL,
    polling_interval_sec double precision DEFAULT 1.0 NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text,
    partition_concurrency integer,
    partition_worker_concurrency integer,
    partition_rate_limit_max integer,
    partition_rate_limit_period_sec double precision
);


--
-- Name: streams; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.streams (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    "offset" integer NOT NULL,
    function_id integer DEFAULT 0 NOT NULL,
    serialization text
);


--
-- Name: workflow_events; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_events (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);


--
-- Name: workflow_events_history; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_events_history (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);


--
-- Name: workflow_input; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_input (
    workflow_uuid text NOT NULL,
    inputs text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);


--
-- Name: workflow_output; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_output (
    workflow_uuid text NOT NULL,
    output text,
    error text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);


--
-- Name: workflow_schedules; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_schedules (
    schedule_id text NOT NULL,
    schedule_name text NOT NULL,
    workflow_name text NOT NULL,
    workflow_class_name text,
    schedule text NOT NULL,
    status text DEFAULT 'ACTIVE'::text NOT NULL,
    context text NOT NULL,
    last_fired_at text,
    automatic_backfill boolean DEFAULT false NOT NULL,
    cron_timezone text,
    queue_name text,
    application_name text
);


--
-- Name: workflow_status; Type: TABLE; Schema: dbos; Owner: -
--

CREATE TABLE dbos.workflow_status (
    workflow_uuid text NOT NULL,
    status text,
    name text,
    authenticated_user text,
    assumed_role text,
    authenticated_roles text,
    request text,
    output text,
    error text,
    executor_id text,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_version text,
    application_id text,
    class_name character varying(255) DEFAULT NULL::character varying,
    config_name character varying(255) DEFAULT NULL::character varying,
    recovery_attempts bigint DEFAULT 0,
    queue_name text,
    workflow_timeout_ms bigint,
    workflow_deadline_epoch_ms bigint,
    inputs text,
    started_at_epoch_ms bigint,
    deduplication_id text,
    priority integer DEFAULT 0 NOT NULL,
    queue_partition_key text,
    forked_from text,
    owner_xid text,
    parent_workflow_id text,
    serialization text,
    delay_until_epoch_ms bigint,
    was_forked_from boolean DEFAULT false NOT NULL,
    rate_limited boolean DEFAULT false NOT NULL,
    completed_at bigint,
    attributes jsonb,
    schedule_name text,
    debounce_deadline_epoch_ms bigint,
    is_debounced boolean DEFAULT false NOT NULL,
    application_name text,
    creator_xid text
);


--
-- Name: additional_fields; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.additional_fields (
    portal_id bigint NOT NULL,
    owner text NOT NULL,
    owner_id bigint NOT NULL,
    code text NOT NULL,
    value text NOT NULL
);


--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: app_options; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.app_options (
    portal_id bigint NOT NULL,
    app_id bigint NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    value text NOT NULL
);


--
-- Name: app_starts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.app_starts (
    portal_id bigint NOT NULL,
    app_id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: apps; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.apps (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    client_id text NOT NULL,
    secret_hash text NOT NULL,
    title text NOT NULL,
    scopes text NOT NULL,
    redirect_uri text NOT NULL,
    user_ids text DEFAULT ''::text NOT NULL,
    application_token text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at bigint NOT NULL,
    handler_url text DEFAULT ''::text NOT NULL,
    install_url text DEFAULT ''::text NOT NULL,
    is_installed boolean DEFAULT true NOT NULL
);


--
-- Name: apps_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.apps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: apps_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.apps_id_seq OWNED BY public.apps.id;


--
-- Name: blocks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.blocks (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    page_id bigint,
    is_public boolean DEFAULT false NOT NULL,
    draft_id bigint,
    code text NOT NULL,
    content text NOT NULL,
    sort integer NOT NULL,
    active boolean DEFAULT true NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    anchor text,
    access text DEFAULT 'X'::text NOT NULL,
    designed boolean DEFAULT false NOT NULL,
    xml_id text DEFAULT ''::text NOT NULL,
    wrapper text DEFAULT ''::text NOT NULL,
    created_by bigint NOT NULL,
    modified_by bigint NOT NULL,
    created_at bigint NOT NULL,
    modified_at bigint NOT NULL
);


--
-- Name: blocks_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.blocks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: blocks_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.blocks_id_seq OWNED BY public.blocks.id;


--
-- Name: demo_templates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.demo_templates (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    application text DEFAULT ''::text NOT NULL,
    xml_id text NOT NULL,
    parent text DEFAULT ''::text NOT NULL,
    use text NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    description text,
    active boolean DEFAULT true NOT NULL,
    in_list boolean DEFAULT true NOT NULL,
    preview_url text DEFAULT ''::text NOT NULL,
    preview text DEFAULT ''::text NOT NULL,
    preview2x text DEFAULT ''::text NOT NULL,
    preview3x text DEFAULT ''::text NOT NULL,
    manifest text NOT NULL,
    translations text,
    site_template text,
    created_by bigint NOT NULL,
    modified_by bigint NOT NULL,
    created_at bigint NOT NULL,
    modified_at bigint NOT NULL
);


--
-- Name: demo_templates_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.demo_templates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: demo_templates_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.demo_templates_id_seq OWNED BY public.demo_templates.id;


--
-- Name: departments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.departments (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    name text NOT NULL,
    sort integer DEFAULT 500 NOT NULL,
    parent_id bigint,
    head_id bigint
);


--
-- Name: departments_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.departments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: departments_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.departments_id_seq OWNED BY public.departments.id;


--
-- Name: domains; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.domains (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    host text NOT NULL,
    is_own boolean DEFAULT false NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: domains_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.domains_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: domains_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.domains_id_seq OWNED BY public.domains.id;


--
-- Name: event_handlers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_handlers (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    app_id bigint NOT NULL,
    event text NOT NULL,
    handler text NOT NULL,
    user_id bigint NOT NULL,
    is_offline boolean DEFAULT false NOT NULL,
    connector text DEFAULT ''::text NOT NULL,
    options text DEFAULT '{}'::text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: event_handlers_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.event_handlers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: event_handlers_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.event_handlers_id_seq OWNED BY public.event_handlers.id;


--
-- Name: files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.files (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    block_id bigint,
    name text NOT NULL,
    media_key text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size integer NOT NULL,
    created_by bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: files_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.files_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: files_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.files_id_seq OWNED BY public.files.id;


--
-- Name: folders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.folders (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    site_id bigint NOT NULL,
    parent_id bigint,
    title text NOT NULL,
    code text NOT NULL,
    active boolean DEFAULT false NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    index_page_id bigint,
    created_by bigint NOT NULL,
    modified_by bigint NOT NULL,
    created_at bigint NOT NULL,
    modified_at bigint NOT NULL,
    deleted_at bigint
);


--
-- Name: folders_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.folders_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: folders_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.folders_id_seq OWNED BY public.folders.id;


--
-- Name: forgotten_media; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.forgotten_media (
    media_key text NOT NULL,
    forgotten_at bigint NOT NULL
);


--
-- Name: form_entries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.form_entries (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    site_id bigint NOT NULL,
    page_id bigint NOT NULL,
    block_id bigint NOT NULL,
    fields text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: form_entries_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.form_entries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: form_entries_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.form_entries_id_seq OWNED BY public.form_entries.id;


--
-- Name: grants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.grants (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    app_id bigint NOT NULL,
    user_id bigint NOT NULL,
    code_hash text,
    code_expires_at bigint,
    code_used_at bigint,
    revoked_at bigint,
    created_at bigint NOT NULL
);


--
-- Name: grants_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.grants_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: grants_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.grants_id_seq OWNED BY public.grants.id;


--
-- Name: group_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.group_members (
    group_id bigint NOT NULL,
    user_id bigint NOT NULL,
    portal_id bigint NOT NULL,
    "position" text DEFAULT 'K'::text NOT NULL
);


--
-- Name: groups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.groups (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: groups_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: groups_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.groups_id_seq OWNED BY public.groups.id;


--
-- Name: offline_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.offline_events (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    app_id bigint NOT NULL,
    event text NOT NULL,
    connector text DEFAULT ''::text NOT NULL,
    message_id text NOT NULL,
    data text NOT NULL,
    process_id text DEFAULT ''::text NOT NULL,
    has_error boolean DEFAULT false NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: offline_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.offline_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: offline_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.offline_events_id_seq OWNED BY public.offline_events.id;


--
-- Name: old_addresses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.old_addresses (
    portal_id bigint NOT NULL,
    site_id bigint NOT NULL,
    path text NOT NULL,
    page_id bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: old_hosts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.old_hosts (
    portal_id bigint NOT NULL,
    host text NOT NULL,
    site_id bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: page_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.page_versions (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    page_id bigint NOT NULL,
    number integer NOT NULL,
    publication integer NOT NULL,
    settings_version integer NOT NULL,
    content_hash text NOT NULL,
    html text NOT NULL,
    blocks text NOT NULL,
    own_code boolean NOT NULL,
    created_by bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: page_versions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.page_versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: page_versions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.page_versions_id_seq OWNED BY public.page_versions.id;


--
-- Name: pages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pages (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    site_id bigint NOT NULL,
    folder_id bigint,
    title text NOT NULL,
    code text NOT NULL,
    description text,
    xml_id text,
    active boolean DEFAULT false NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    in_sitemap boolean DEFAULT false NOT NULL,
    is_folder boolean DEFAULT false NOT NULL,
    rule text,
    template_id bigint,
    public_version_id bigint,
    preview_key text,
    created_by bigint NOT NULL,
    modified_by bigint NOT NULL,
    created_at bigint NOT NULL,
    modified_at bigint NOT NULL,
    published_at bigint,
    deleted_at bigint
);


--
-- Name: pages_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.pages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: pages_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.pages_id_seq OWNED BY public.pages.id;


--
-- Name: placements; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.placements (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    app_id bigint NOT NULL,
    placement text NOT NULL,
    handler text NOT NULL,
    user_id bigint NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    group_name text DEFAULT ''::text NOT NULL,
    languages text DEFAULT '{}'::text NOT NULL,
    options text DEFAULT '{}'::text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: placements_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.placements_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: placements_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.placements_id_seq OWNED BY public.placements.id;


--
-- Name: portals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.portals (
    id bigint NOT NULL,
    domain text NOT NULL,
    title text NOT NULL,
    member_id text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    plan text DEFAULT 'basic'::text NOT NULL,
    role_model boolean DEFAULT false NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    signing_key text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: portals_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.portals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: portals_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.portals_id_seq OWNED BY public.portals.id;


--
-- Name: previews; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.previews (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    page_id bigint NOT NULL,
    content_hash text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    scale integer NOT NULL,
    color_scheme text NOT NULL,
    whole boolean DEFAULT false NOT NULL,
    thumbnail integer DEFAULT 0 NOT NULL,
    format text NOT NULL,
    state text NOT NULL,
    media_key text,
    problem text,
    publication integer DEFAULT 0 NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    wanted_at bigint NOT NULL,
    finished_at bigint,
    claimed_by text,
    claimed_until bigint DEFAULT '0'::bigint NOT NULL,
    started_at bigint DEFAULT '0'::bigint NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    retry_at bigint DEFAULT '0'::bigint NOT NULL
);


--
-- Name: previews_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.previews_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: previews_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.previews_id_seq OWNED BY public.previews.id;


--
-- Name: repo_blocks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.repo_blocks (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    application text NOT NULL,
    xml_id text NOT NULL,
    registered boolean DEFAULT true NOT NULL,
    active boolean DEFAULT true NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    sections text NOT NULL,
    site_template_id text,
    preview text DEFAULT ''::text NOT NULL,
    manifest text NOT NULL,
    content text NOT NULL,
    created_by bigint NOT NULL,
    modified_by bigint NOT NULL,
    created_at bigint NOT NULL,
    modified_at bigint NOT NULL
);


--
-- Name: repo_blocks_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.repo_blocks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: repo_blocks_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.repo_blocks_id_seq OWNED BY public.repo_blocks.id;


--
-- Name: role_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.role_codes (
    role_id bigint NOT NULL,
    code text NOT NULL,
    portal_id bigint NOT NULL
);


--
-- Name: role_rights; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.role_rights (
    role_id bigint NOT NULL,
    site_id bigint NOT NULL,
    portal_id bigint NOT NULL,
    operations text NOT NULL
);


--
-- Name: roles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.roles (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    section text NOT NULL,
    title text NOT NULL,
    xml_id text NOT NULL,
    additional text DEFAULT ''::text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: roles_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.roles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: roles_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.roles_id_seq OWNED BY public.roles.id;


--
-- Name: saved_blocks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.saved_blocks (
    block_id bigint NOT NULL,
    portal_id bigint NOT NULL,
    name text NOT NULL,
    sections text NOT NULL,
    preview_file_id bigint,
    template_code text DEFAULT ''::text NOT NULL
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    user_id bigint NOT NULL,
    token_hash text NOT NULL,
    address text NOT NULL,
    agent text NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: sessions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sessions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sessions_id_seq OWNED BY public.sessions.id;


--
-- Name: signin_links; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.signin_links (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    user_id bigint NOT NULL,
    code_hash text NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: signin_links_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.signin_links_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: signin_links_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.signin_links_id_seq OWNED BY public.signin_links.id;


--
-- Name: site_bindings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.site_bindings (
    portal_id bigint NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    site_id bigint NOT NULL
);


--
-- Name: site_rights; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.site_rights (
    portal_id bigint NOT NULL,
    site_id bigint NOT NULL,
    code text NOT NULL,
    operations text NOT NULL
);


--
-- Name: sites; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sites (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    type text NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    description text,
    xml_id text,
    active boolean DEFAULT false NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    domain_id bigint NOT NULL,
    language text,
    template_id bigint,
    index_page_id bigint,
    not_found_page_id bigint,
    unavailable_page_id bigint,
    settings_version integer DEFAULT 0 NOT NULL,
    created_by bigint NOT NULL,
    modified_by bigint NOT NULL,
    created_at bigint NOT NULL,
    modified_at bigint NOT NULL,
    deleted_at bigint,
    own_rights boolean DEFAULT false NOT NULL
);


--
-- Name: sites_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sites_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sites_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sites_id_seq OWNED BY public.sites.id;


--
-- Name: special_pages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.special_pages (
    portal_id bigint NOT NULL,
    site_id bigint NOT NULL,
    type text NOT NULL,
    page_id bigint NOT NULL
);


--
-- Name: template_refs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.template_refs (
    portal_id bigint NOT NULL,
    owner text NOT NULL,
    owner_id bigint NOT NULL,
    area integer NOT NULL,
    page_id bigint NOT NULL
);


--
-- Name: tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tokens (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    grant_id bigint NOT NULL,
    kind text NOT NULL,
    token_hash text NOT NULL,
    expires_at bigint NOT NULL,
    replaced_at bigint,
    created_at bigint NOT NULL
);


--
-- Name: tokens_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: tokens_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.tokens_id_seq OWNED BY public.tokens.id;


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    login text NOT NULL,
    password_hash text,
    name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    is_admin boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_extranet boolean DEFAULT false NOT NULL,
    department_id bigint,
    last_login_at bigint,
    created_at bigint NOT NULL
);


--
-- Name: users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: users_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;


--
-- Name: webhooks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.webhooks (
    id bigint NOT NULL,
    portal_id bigint NOT NULL,
    user_id bigint NOT NULL,
    code_hash text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    scopes text NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    created_at bigint NOT NULL,
    used_at bigint
);


--
-- Name: webhooks_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: webhooks_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.webhooks_id_seq OWNED BY public.webhooks.id;


--
-- Name: apps id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.apps ALTER COLUMN id SET DEFAULT nextval('public.apps_id_seq'::regclass);


--
-- Name: blocks id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocks ALTER COLUMN id SET DEFAULT nextval('public.blocks_id_seq'::regclass);


--
-- Name: demo_templates id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.demo_templates ALTER COLUMN id SET DEFAULT nextval('public.demo_templates_id_seq'::regclass);


--
-- Name: departments id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.departments ALTER COLUMN id SET DEFAULT nextval('public.departments_id_seq'::regclass);


--
-- Name: domains id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.domains ALTER COLUMN id SET DEFAULT nextval('public.domains_id_seq'::regclass);


--
-- Name: event_handlers id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_handlers ALTER COLUMN id SET DEFAULT nextval('public.event_handlers_id_seq'::regclass);


--
-- Name: files id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files ALTER COLUMN id SET DEFAULT nextval('public.files_id_seq'::regclass);


--
-- Name: folders id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.folders ALTER COLUMN id SET DEFAULT nextval('public.folders_id_seq'::regclass);


--
-- Name: form_entries id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.form_entries ALTER COLUMN id SET DEFAULT nextval('public.form_entries_id_seq'::regclass);


--
-- Name: grants id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants ALTER COLUMN id SET DEFAULT nextval('public.grants_id_seq'::regclass);


--
-- Name: groups id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups ALTER COLUMN id SET DEFAULT nextval('public.groups_id_seq'::regclass);


--
-- Name: offline_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offline_events ALTER COLUMN id SET DEFAULT nextval('public.offline_events_id_seq'::regclass);


--
-- Name: page_versions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_versions ALTER COLUMN id SET DEFAULT nextval('public.page_versions_id_seq'::regclass);


--
-- Name: pages id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages ALTER COLUMN id SET DEFAULT nextval('public.pages_id_seq'::regclass);


--
-- Name: placements id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.placements ALTER COLUMN id SET DEFAULT nextval('public.placements_id_seq'::regclass);


--
-- Name: portals id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.portals ALTER COLUMN id SET DEFAULT nextval('public.portals_id_seq'::regclass);


--
-- Name: previews id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.previews ALTER COLUMN id SET DEFAULT nextval('public.previews_id_seq'::regclass);


--
-- Name: repo_blocks id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repo_blocks ALTER COLUMN id SET DEFAULT nextval('public.repo_blocks_id_seq'::regclass);


--
-- Name: roles id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roles ALTER COLUMN id SET DEFAULT nextval('public.roles_id_seq'::regclass);


--
-- Name: sessions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions ALTER COLUMN id SET DEFAULT nextval('public.sessions_id_seq'::regclass);


--
-- Name: signin_links id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signin_links ALTER COLUMN id SET DEFAULT nextval('public.signin_links_id_seq'::regclass);


--
-- Name: sites id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sites ALTER COLUMN id SET DEFAULT nextval('public.sites_id_seq'::regclass);


--
-- Name: tokens id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens ALTER COLUMN id SET DEFAULT nextval('public.tokens_id_seq'::regclass);


--
-- Name: users id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);


--
-- Name: webhooks id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks ALTER COLUMN id SET DEFAULT nextval('public.webhooks_id_seq'::regclass);


--
-- Data for Name: application_versions; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.application_versions VALUES ('9bcfb161-aa71-41d8-9a13-5c3291c55551', '1', 1796120629463, 1796120629463, 'landingpad');


--
-- Data for Name: dbos_migrations; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.dbos_migrations VALUES (125);


--
-- Data for Name: event_dispatch_kv; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: notifications; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: operation_outputs; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: queues; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.queues VALUES ('a19d1823-2b45-4113-a233-9c29c64e30ae', 'pages', NULL, 1, NULL, NULL, true, false, 1, 1796120633310, 1796120633229, 'landingpad', NULL, NULL, NULL, NULL);
INSERT INTO dbos.queues VALUES ('6a9bc93d-3f90-4a01-aa94-55729af867f6', 'events', NULL, 8, NULL, NULL, true, false, 1, 1796120633365, 1796120633361, 'landingpad', NULL, NULL, NULL, NULL);


--
-- Data for Name: streams; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_events; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_events_history; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_input; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_output; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: workflow_schedules; Type: TABLE DATA; Schema: dbos; Owner: -
--

INSERT INTO dbos.workflow_schedules VALUES ('28218df1-8eeb-48ab-9dbf-f8ab8e3e91b1', 'empty_trash', 'empty_trash', NULL, '17 3 * * *', 'ACTIVE', 'gAROLg==', NULL, false, NULL, NULL, 'landingpad');
INSERT INTO dbos.workflow_schedules VALUES ('7bbc81dd-1b0a-4dc3-a90a-dd8115ad76bd', 'remove_forgotten', 'remove_forgotten', NULL, '43 * * * *', 'ACTIVE', 'gAROLg==', NULL, false, NULL, NULL, 'landingpad');


--
-- Data for Name: workflow_status; Type: TABLE DATA; Schema: dbos; Owner: -
--



--
-- Data for Name: additional_fields; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('0006');


--
-- Data for Name: app_options; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: app_starts; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: apps; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.apps VALUES (1, 1, 'local.4ym1qxmph2694c.xfo6ya4c', 'a36563850dbc3f37b2dbd21f67fba6d986a090962567bb75b39681e70eced786', 'Demo application', 'configuration.import,department,landing,placement,user,user.userfield,user_basic,user_brief', 'http://127.0.0.1:41187/', '', '6hximku4f9jn0d3ijkrvhr4pe9ek7gjd', 1, 1796120631592, '', '', true);
INSERT INTO public.apps VALUES (2, 1, 'local.wq09j6cixlvle3.smbaji0m', 'e17daade6621579fafbaa1cd4b708722d76f297b4a139ff8c03afe4f06087ea3', 'Site pictures', 'configuration.import,department,landing,placement,user,user.userfield,user_basic,user_brief', 'http://127.0.0.1:41187/', '', 'm6e2j3qcnieu8dvbboxidfkzm87bxks5', 1, 1796120631649, 'http://localhost:8090/', '', true);


--
-- Data for Name: blocks; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.blocks VALUES (2, 1, 1, true, 1, '01.big_with_text', '<section class="landing-block lp-dark">
  <div class="lp-slides">
    <div class="landing-block-card-img" role="img" aria-label="A bright dining room with an oak table" style="background-image: url(/_assets/dining-room.webp);"></div>
  </div>
  <div class="lp-container">
    <div class="landing-block-node-text-container">
      <p class="landing-block-node-small-title">Made to measure</p>
      <h1 class="landing-block-node-title">Good things, made well and built to last</h1>
      <div class="landing-block-node-text">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>
      <a class="landing-block-node-button lp-button-light" href="#contact">Plan your project</a>
    </div>
  </div>
</section>', 500, true, false, NULL, 'X', false, '', '', 1, 1, 1796120632316, 1796120632316);
INSERT INTO public.blocks VALUES (3, 1, 2, false, NULL, '01.big_with_text', '<section class="landing-block lp-dark">
  <div class="lp-slides">
    <div class="landing-block-card-img" role="img" aria-label="A bright dining room with an oak table" style="background-image: url(/_assets/dining-room.webp);"></div>
  </div>
  <div class="lp-container">
    <div class="landing-block-node-text-container">
      <p class="landing-block-node-small-title">Made to measure</p>
      <h1 class="landing-block-node-title">Good things, made well and built to last</h1>
      <div class="landing-block-node-text">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>
      <a class="landing-block-node-button lp-button-light" href="#contact">Plan your project</a>
    </div>
  </div>
</section>', 500, true, false, NULL, 'X', false, '', '', 1, 1, 1796120632316, 1796120632316);
INSERT INTO public.blocks VALUES (1, 1, 1, false, NULL, '01.big_with_text', '<section class="landing-block lp-dark">
  <div class="lp-slides">
    <div class="landing-block-card-img" role="img" aria-label="A bright dining room with an oak table" style="background-image: url(/_assets/dining-room.webp);"></div>
  </div>
  <div class="lp-container">
    <div class="landing-block-node-text-container">
      <p class="landing-block-node-small-title">Made to measure</p>
      <h1 class="landing-block-node-title">Changed since</h1>
      <div class="landing-block-node-text">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>
      <a class="landing-block-node-button lp-button-light" href="#contact">Plan your project</a>
    </div>
  </div>
</section>', 500, true, false, NULL, 'X', false, '', '', 1, 3, 1796120632316, 1796120633764);


--
-- Data for Name: demo_templates; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: departments; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.departments VALUES (1, 1, 'Demo portal', 500, NULL, NULL);


--
-- Data for Name: domains; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.domains VALUES (1, 1, 'harbour.localhost', false, 1796120632316);


--
-- Data for Name: event_handlers; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: files; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: folders; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.folders VALUES (1, 1, 1, NULL, 'News', 'news', false, false, NULL, 3, 3, 1796120633908, 1796120633908, NULL);


--
-- Data for Name: forgotten_media; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: form_entries; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: grants; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.grants VALUES (1, 1, 1, 1, NULL, NULL, NULL, NULL, 1796120631621);
INSERT INTO public.grants VALUES (2, 1, 1, 1, NULL, NULL, NULL, NULL, 1796120631621);
INSERT INTO public.grants VALUES (3, 1, 2, 3, NULL, NULL, NULL, NULL, 1796120631649);


--
-- Data for Name: group_members; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: groups; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: offline_events; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: old_addresses; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: old_hosts; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: page_versions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.page_versions VALUES (2, 1, 1, 2, 1, 2, 'a6e9392db8cb59fe6328a6fc7a5524d8a6d4beb4c3a5973a93798a5cac7e6478', '<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Home</title>
<link rel="canonical" href="http://origin.landingpad.invalid/">
<meta property="og:type" content="website">
<meta property="og:site_name" content="Harbour café">
<meta property="og:title" content="Home">
<meta property="og:url" content="http://origin.landingpad.invalid/">
<meta property="og:image" content="http://origin.landingpad.invalid/_picture">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:image" content="http://origin.landingpad.invalid/_picture">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/_assets/base.css?v=052024de830a">
<style>.block-01-big-with-text .landing-block { display: grid; align-items: center; min-height: min(44rem, 88vh); overflow: hidden; isolation: isolate; }
.block-01-big-with-text .lp-slides, .block-01-big-with-text .landing-block-card-img { position: absolute; inset: 0; }
.block-01-big-with-text .lp-slides { z-index: -1; }
.block-01-big-with-text .lp-slides::after { content: ""; position: absolute; inset: 0; background: linear-gradient(90deg, rgb(14 24 20 / 86%) 0, rgb(14 24 20 / 72%) 36%, rgb(14 24 20 / 8%) 74%); }
.block-01-big-with-text .landing-block-card-img { background: var(--lp-dark) center / cover; }
.block-01-big-with-text .landing-block-card-img ~ .landing-block-card-img { opacity: 0; }
.block-01-big-with-text .lp-slides:has(:nth-child(2):last-child) > * { animation: lp-turn-2 14s infinite; }
.block-01-big-with-text .lp-slides:has(:nth-child(3):last-child) > * { animation: lp-turn-3 21s infinite; }
.block-01-big-with-text .lp-slides > :nth-child(2) { animation-delay: -7s !important; }
.block-01-big-with-text .lp-slides:has(:nth-child(3):last-child) > :nth-child(2) { animation-delay: -14s !important; }
.block-01-big-with-text .lp-slides > :nth-child(3) { animation-delay: -7s !important; }
@keyframes lp-turn-2 { 0%, 43% { opacity: 1; } 50%, 93% { opacity: 0; } 100% { opacity: 1; } }
@keyframes lp-turn-3 { 0%, 28% { opacity: 1; } 34%, 94% { opacity: 0; } 100% { opacity: 1; } }
.block-01-big-with-text .landing-block-node-text-container { max-width: 37rem; padding-block: var(--lp-space); }
.block-01-big-with-text .landing-block-node-title { color: #fff; }
.block-01-big-with-text .landing-block-node-text { margin-bottom: 2rem; max-width: 32rem; font-size: 1.2rem; line-height: 1.6; }
.block-01-big-with-text .landing-block-node-button { padding: 1em 1.9em; }
@media (max-width: 52rem) {
.block-01-big-with-text .landing-block { align-items: end; min-height: 0; }
.block-01-big-with-text .lp-slides { bottom: auto; height: 24rem; }
.block-01-big-with-text .lp-slides::after { background: linear-gradient(0deg, var(--lp-dark) 4%, rgb(14 24 20 / 62%) 42%, rgb(14 24 20 / 5%) 85%); }
.block-01-big-with-text .landing-block-node-text-container { padding-block: 14.5rem 3rem; }
}</style>
</head>
<body>
<main id="main">
<div id="b2" class="block-wrapper block-01-big-with-text"><section class="landing-block lp-dark">
  <div class="lp-slides">
    <div class="landing-block-card-img" role="img" aria-label="A bright dining room with an oak table" style="background-image: url(/_assets/dining-room.webp);"></div>
  </div>
  <div class="lp-container">
    <div class="landing-block-node-text-container">
      <p class="landing-block-node-small-title">Made to measure</p>
      <h1 class="landing-block-node-title">Good things, made well and built to last</h1>
      <div class="landing-block-node-text">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>
      <a class="landing-block-node-button lp-button-light" href="#contact">Plan your project</a>
    </div>
  </div>
</section></div>
</main>
</body>
</html>
', '[{"draft_id":1,"code":"01.big_with_text","content":"<section class=\"landing-block lp-dark\">\n  <div class=\"lp-slides\">\n    <div class=\"landing-block-card-img\" role=\"img\" aria-label=\"A bright dining room with an oak table\" style=\"background-image: url(/_assets/dining-room.webp);\"></div>\n  </div>\n  <div class=\"lp-container\">\n    <div class=\"landing-block-node-text-container\">\n      <p class=\"landing-block-node-small-title\">Made to measure</p>\n      <h1 class=\"landing-block-node-title\">Good things, made well and built to last</h1>\n      <div class=\"landing-block-node-text\">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>\n      <a class=\"landing-block-node-button lp-button-light\" href=\"#contact\">Plan your project</a>\n    </div>\n  </div>\n</section>","sort":500,"active":true,"anchor":null,"access":"X","designed":false,"xml_id":"","wrapper":""}]', false, 1, 1796120633576);
INSERT INTO public.page_versions VALUES (3, 1, 1, 3, 2, 2, 'a6e9392db8cb59fe6328a6fc7a5524d8a6d4beb4c3a5973a93798a5cac7e6478', '<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Home</title>
<link rel="canonical" href="http://origin.landingpad.invalid/">
<meta property="og:type" content="website">
<meta property="og:site_name" content="Harbour café">
<meta property="og:title" content="Home">
<meta property="og:url" content="http://origin.landingpad.invalid/">
<meta property="og:image" content="http://origin.landingpad.invalid/_picture">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:image" content="http://origin.landingpad.invalid/_picture">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/_assets/base.css?v=052024de830a">
<style>.block-01-big-with-text .landing-block { display: grid; align-items: center; min-height: min(44rem, 88vh); overflow: hidden; isolation: isolate; }
.block-01-big-with-text .lp-slides, .block-01-big-with-text .landing-block-card-img { position: absolute; inset: 0; }
.block-01-big-with-text .lp-slides { z-index: -1; }
.block-01-big-with-text .lp-slides::after { content: ""; position: absolute; inset: 0; background: linear-gradient(90deg, rgb(14 24 20 / 86%) 0, rgb(14 24 20 / 72%) 36%, rgb(14 24 20 / 8%) 74%); }
.block-01-big-with-text .landing-block-card-img { background: var(--lp-dark) center / cover; }
.block-01-big-with-text .landing-block-card-img ~ .landing-block-card-img { opacity: 0; }
.block-01-big-with-text .lp-slides:has(:nth-child(2):last-child) > * { animation: lp-turn-2 14s infinite; }
.block-01-big-with-text .lp-slides:has(:nth-child(3):last-child) > * { animation: lp-turn-3 21s infinite; }
.block-01-big-with-text .lp-slides > :nth-child(2) { animation-delay: -7s !important; }
.block-01-big-with-text .lp-slides:has(:nth-child(3):last-child) > :nth-child(2) { animation-delay: -14s !important; }
.block-01-big-with-text .lp-slides > :nth-child(3) { animation-delay: -7s !important; }
@keyframes lp-turn-2 { 0%, 43% { opacity: 1; } 50%, 93% { opacity: 0; } 100% { opacity: 1; } }
@keyframes lp-turn-3 { 0%, 28% { opacity: 1; } 34%, 94% { opacity: 0; } 100% { opacity: 1; } }
.block-01-big-with-text .landing-block-node-text-container { max-width: 37rem; padding-block: var(--lp-space); }
.block-01-big-with-text .landing-block-node-title { color: #fff; }
.block-01-big-with-text .landing-block-node-text { margin-bottom: 2rem; max-width: 32rem; font-size: 1.2rem; line-height: 1.6; }
.block-01-big-with-text .landing-block-node-button { padding: 1em 1.9em; }
@media (max-width: 52rem) {
.block-01-big-with-text .landing-block { align-items: end; min-height: 0; }
.block-01-big-with-text .lp-slides { bottom: auto; height: 24rem; }
.block-01-big-with-text .lp-slides::after { background: linear-gradient(0deg, var(--lp-dark) 4%, rgb(14 24 20 / 62%) 42%, rgb(14 24 20 / 5%) 85%); }
.block-01-big-with-text .landing-block-node-text-container { padding-block: 14.5rem 3rem; }
}</style>
</head>
<body>
<main id="main">
<div id="b2" class="block-wrapper block-01-big-with-text"><section class="landing-block lp-dark">
  <div class="lp-slides">
    <div class="landing-block-card-img" role="img" aria-label="A bright dining room with an oak table" style="background-image: url(/_assets/dining-room.webp);"></div>
  </div>
  <div class="lp-container">
    <div class="landing-block-node-text-container">
      <p class="landing-block-node-small-title">Made to measure</p>
      <h1 class="landing-block-node-title">Good things, made well and built to last</h1>
      <div class="landing-block-node-text">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>
      <a class="landing-block-node-button lp-button-light" href="#contact">Plan your project</a>
    </div>
  </div>
</section></div>
</main>
</body>
</html>
', '[{"draft_id":1,"code":"01.big_with_text","content":"<section class=\"landing-block lp-dark\">\n  <div class=\"lp-slides\">\n    <div class=\"landing-block-card-img\" role=\"img\" aria-label=\"A bright dining room with an oak table\" style=\"background-image: url(/_assets/dining-room.webp);\"></div>\n  </div>\n  <div class=\"lp-container\">\n    <div class=\"landing-block-node-text-container\">\n      <p class=\"landing-block-node-small-title\">Made to measure</p>\n      <h1 class=\"landing-block-node-title\">Good things, made well and built to last</h1>\n      <div class=\"landing-block-node-text\">We design and make furniture for the rooms people live in. Every piece is drawn for its place and finished by hand.</div>\n      <a class=\"landing-block-node-button lp-button-light\" href=\"#contact\">Plan your project</a>\n    </div>\n  </div>\n</section>","sort":500,"active":true,"anchor":null,"access":"X","designed":false,"xml_id":"","wrapper":""}]', false, 3, 1796120633690);


--
-- Data for Name: pages; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.pages VALUES (1, 1, 1, NULL, 'Home', 'start', NULL, NULL, true, false, false, false, NULL, NULL, 3, 'fdabac758df65687bf2a883697649d45273b1b58b329ac9fd920e30d0223930d.jpg', 1, 3, 1796120632316, 1796120633764, 1796120633690, NULL);
INSERT INTO public.pages VALUES (2, 1, 1, NULL, 'Menu', 'menu', NULL, NULL, false, true, false, false, NULL, NULL, NULL, NULL, 1, 3, 1796120632316, 1796120633828, NULL, 1796120633828);


--
-- Data for Name: placements; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: portals; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.portals VALUES (1, 'localhost', 'Demo portal', 'hmiqioofhicvc2wdxx3u7bm10w0x92we', 'active', 'basic', true, 'UTC', 'en', 'gk22y136aybzkuu23l2db3sdsvm641xafnxs3gzkvooyzjh2y42r5e3zqgia19aw', 1796120630528);


--
-- Data for Name: previews; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.previews VALUES (1, 1, 1, 'a6e9392db8cb59fe6328a6fc7a5524d8a6d4beb4c3a5973a93798a5cac7e6478', 1200, 800, 1, 'light', false, 0, 'jpeg', 'ready', 'fdabac758df65687bf2a883697649d45273b1b58b329ac9fd920e30d0223930d.jpg', NULL, 2, 10, 1796120633690, 1796120632620, NULL, 0, 1796120632473, 1, 0);


--
-- Data for Name: repo_blocks; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: role_codes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.role_codes VALUES (1, 'G1', 1);
INSERT INTO public.role_codes VALUES (3, 'G1', 1);
INSERT INTO public.role_codes VALUES (5, 'G1', 1);
INSERT INTO public.role_codes VALUES (7, 'G1', 1);


--
-- Data for Name: role_rights; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.role_rights VALUES (1, 0, 1, 'read,edit,sett,public,delete');
INSERT INTO public.role_rights VALUES (2, 0, 1, 'read,edit,sett,public');
INSERT INTO public.role_rights VALUES (3, 0, 1, 'read,edit,sett,public,delete');
INSERT INTO public.role_rights VALUES (4, 0, 1, 'read,edit,sett,public');
INSERT INTO public.role_rights VALUES (5, 0, 1, 'read,edit,sett,public,delete');
INSERT INTO public.role_rights VALUES (6, 0, 1, 'read,edit,sett,public');
INSERT INTO public.role_rights VALUES (7, 0, 1, 'read,edit,sett,public,delete');
INSERT INTO public.role_rights VALUES (8, 0, 1, 'read,edit,sett,public');


--
-- Data for Name: roles; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.roles VALUES (1, 1, 'SITES', 'Administrator', 'ADMIN', 'menu24,create,admin', 1796120630528);
INSERT INTO public.roles VALUES (2, 1, 'SITES', 'Manager', 'MANAGER', 'menu24,create', 1796120630528);
INSERT INTO public.roles VALUES (3, 1, 'KNOWLEDGE', 'Administrator', 'ADMIN', 'menu24,create,admin', 1796120630528);
INSERT INTO public.roles VALUES (4, 1, 'KNOWLEDGE', 'Manager', 'MANAGER', 'menu24,create', 1796120630528);
INSERT INTO public.roles VALUES (5, 1, 'GROUP', 'Administrator', 'ADMIN', 'menu24,create,admin', 1796120630528);
INSERT INTO public.roles VALUES (6, 1, 'GROUP', 'Manager', 'MANAGER', 'menu24,create', 1796120630528);
INSERT INTO public.roles VALUES (7, 1, 'MAINPAGE', 'Administrator', 'ADMIN', 'menu24,create,admin', 1796120630528);
INSERT INTO public.roles VALUES (8, 1, 'MAINPAGE', 'Manager', 'MANAGER', 'menu24,create', 1796120630528);


--
-- Data for Name: saved_blocks; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sessions VALUES (1, 1, 3, 'bbd8d1456922da4a68659677069296cc8721f454489aca5df0f3e1e4eb1e0f2f', '127.0.0.1', 'python-httpx/0.28.1', 1796120634489, 1798712634489, 1796120634489);


--
-- Data for Name: signin_links; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.signin_links VALUES (1, 1, 1, 'b824e2859c3c7b20a5923ff3af483737f6a41e1db163ab86f5da544ef4b8dc00', 1796207032658, 1796120632658);


--
-- Data for Name: site_bindings; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: site_rights; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: sites; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sites VALUES (1, 1, 'PAGE', 'harbour', 'Harbour café', NULL, NULL, true, false, 1, NULL, NULL, 1, NULL, NULL, 2, 1, 1, 1796120632316, 1796120632316, NULL, false);


--
-- Data for Name: special_pages; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: template_refs; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.tokens VALUES (1, 1, 1, 'access', 'd6aabfc5505021e0cdd5b4c52fecfb9b002df43158ef8384fe22edf8a54399a2', 1796124231621, NULL, 1796120631621);
INSERT INTO public.tokens VALUES (2, 1, 1, 'refresh', 'b9ab3408a08d7ac7f61ea4cfb95d6e0820f512a98e438d8dbed5edca5767ec38', 1811672631621, NULL, 1796120631621);
INSERT INTO public.tokens VALUES (3, 1, 2, 'access', '780a8793247f23b03ad23369d1b84783fde0825167e49f6f0d5a68317ef20533', 1796120631620, NULL, 1796120631621);
INSERT INTO public.tokens VALUES (4, 1, 3, 'access', '2cbc4e1fde8e932618d367447965df96f9cb12eef3613662430d4f7f44b2b44a', 1796124231649, NULL, 1796120631649);
INSERT INTO public.tokens VALUES (5, 1, 3, 'refresh', '7700c262fc53ee68e120e416e0fc5f4fd459934cdf5470aa9b8ee7d31c0fc637', 1811672631649, NULL, 1796120631649);


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES (1, 1, 'admin', '$argon2id$v=19$m=65536,t=3,p=4$Loc3QdV8wWQI1hi1+3lysg$lOQtZ0W9yH/tiNwnS5MauxUboPQJrnE6UEPMIisNoSk', 'Ada', 'Lindgren', 'admin@example.com', true, true, false, 1, NULL, 1796120630528);
INSERT INTO public.users VALUES (2, 1, 'sam', '$argon2id$v=19$m=65536,t=3,p=4$Pf+Mh+aTs4wmSwT+jnU5Cw$xF5EHL1wZ02zfTcuYNu5zK8/eiOTXVP2Q7PFIJXbD6c', 'Sam', 'Okafor', 'sam@example.com', false, true, false, 1, NULL, 1796120630528);
INSERT INTO public.users VALUES (3, 1, 'ida', '$argon2id$v=19$m=65536,t=3,p=4$p6tRGkWpPUit0QWmDj1yPg$SSu6xY7tXMKr6XI8d1DpP4QKHCsRR2sh6p2hApA6I+I', 'Ida', 'Holm', 'ida@example.com', true, true, false, 1, 1796120634489, 1796120631649);


--
-- Data for Name: webhooks; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.webhooks VALUES (1, 1, 1, '2916d3a237efeba7cdd49f8d13e85cd324ebb79b340d5cb1f0753cf5fdcb68c6', 'Demo: administrator, all scopes', 'configuration.import,department,landing,placement,user,user.userfield,user_basic,user_brief', NULL, NULL, 1796120630528, NULL);
INSERT INTO public.webhooks VALUES (2, 1, 2, 'b7f7f36142df563394dca51d4c497e9ef8d6a231aa4b07f46fd7e7db174cf93c', 'Demo: user without administrator rights', 'configuration.import,department,landing,placement,user,user.userfield,user_basic,user_brief', NULL, NULL, 1796120630528, NULL);
INSERT INTO public.webhooks VALUES (3, 1, 1, '3e5794b280d07c564a02d54a4d966dc7c59748f014b49a975020c51d2f0bab3a', 'Demo: administrator, without the scope landing', 'configuration.import,department,placement,user,user.userfield,user_basic,user_brief', NULL, NULL, 1796120630528, NULL);
INSERT INTO public.webhooks VALUES (4, 1, 3, 'e07e37b02e61bc9c25d503c438dcbdbf6611574f76e42b8d89d72250986ad3de', 'kept', 'configuration.import,department,landing,placement,user,user.userfield,user_basic,user_brief', NULL, NULL, 1796120631649, 1796120633141);


--
-- Name: apps_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.apps_id_seq', 2, true);


--
-- Name: blocks_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.blocks_id_seq', 3, true);


--
-- Name: demo_templates_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.demo_templates_id_seq', 1, false);


--
-- Name: departments_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.departments_id_seq', 1, true);


--
-- Name: domains_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.domains_id_seq', 1, true);


--
-- Name: event_handlers_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.event_handlers_id_seq', 1, false);


--
-- Name: files_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.files_id_seq', 1, false);


--
-- Name: folders_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.folders_id_seq', 1, true);


--
-- Name: form_entries_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.form_entries_id_seq', 1, false);


--
-- Name: grants_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.grants_id_seq', 3, true);


--
-- Name: groups_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.groups_id_seq', 11, false);


--
-- Name: offline_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.offline_events_id_seq', 1, false);


--
-- Name: page_versions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.page_versions_id_seq', 3, true);


--
-- Name: pages_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pages_id_seq', 2, true);


--
-- Name: placements_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.placements_id_seq', 1, false);


--
-- Name: portals_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.portals_id_seq', 1, true);


--
-- Name: previews_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.previews_id_seq', 1, true);


--
-- Name: repo_blocks_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.repo_blocks_id_seq', 1, false);


--
-- Name: roles_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.roles_id_seq', 8, true);


--
-- Name: sessions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sessions_id_seq', 1, true);


--
-- Name: signin_links_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.signin_links_id_seq', 1, true);


--
-- Name: sites_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sites_id_seq', 1, true);


--
-- Name: tokens_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.tokens_id_seq', 5, true);


--
-- Name: users_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.users_id_seq', 3, true);


--
-- Name: webhooks_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.webhooks_id_seq', 4, true);


--
-- Name: application_versions application_versions_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.application_versions
    ADD CONSTRAINT application_versions_pkey PRIMARY KEY (version_id);


--
-- Name: application_versions application_versions_version_name_key; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.application_versions
    ADD CONSTRAINT application_versions_version_name_key UNIQUE (version_name);


--
-- Name: dbos_migrations dbos_migrations_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.dbos_migrations
    ADD CONSTRAINT dbos_migrations_pkey PRIMARY KEY (version);


--
-- Name: event_dispatch_kv event_dispatch_kv_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.event_dispatch_kv
    ADD CONSTRAINT event_dispatch_kv_pkey PRIMARY KEY (service_name, workflow_fn_name, key);


--
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (message_uuid);


--
-- Name: operation_outputs operation_outputs_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.operation_outputs
    ADD CONSTRAINT operation_outputs_pkey PRIMARY KEY (workflow_uuid, function_id);


--
-- Name: queues queues_name_key; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.queues
    ADD CONSTRAINT queues_name_key UNIQUE (name);


--
-- Name: queues queues_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.queues
    ADD CONSTRAINT queues_pkey PRIMARY KEY (queue_id);


--
-- Name: streams streams_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.streams
    ADD CONSTRAINT streams_pkey PRIMARY KEY (workflow_uuid, key, "offset");


--
-- Name: workflow_events_history workflow_events_history_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events_history
    ADD CONSTRAINT workflow_events_history_pkey PRIMARY KEY (workflow_uuid, function_id, key);


--
-- Name: workflow_events workflow_events_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events
    ADD CONSTRAINT workflow_events_pkey PRIMARY KEY (workflow_uuid, key);


--
-- Name: workflow_input workflow_input_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_input
    ADD CONSTRAINT workflow_input_pkey PRIMARY KEY (workflow_uuid);


--
-- Name: workflow_output workflow_output_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_output
    ADD CONSTRAINT workflow_output_pkey PRIMARY KEY (workflow_uuid);


--
-- Name: workflow_schedules workflow_schedules_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_schedules
    ADD CONSTRAINT workflow_schedules_pkey PRIMARY KEY (schedule_id);


--
-- Name: workflow_schedules workflow_schedules_schedule_name_key; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_schedules
    ADD CONSTRAINT workflow_schedules_schedule_name_key UNIQUE (schedule_name);


--
-- Name: workflow_status workflow_status_pkey; Type: CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_status
    ADD CONSTRAINT workflow_status_pkey PRIMARY KEY (workflow_uuid);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: additional_fields pk_additional_fields; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.additional_fields
    ADD CONSTRAINT pk_additional_fields PRIMARY KEY (owner, owner_id, code);


--
-- Name: app_options pk_app_options; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_options
    ADD CONSTRAINT pk_app_options PRIMARY KEY (app_id, user_id, name);


--
-- Name: app_starts pk_app_starts; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_starts
    ADD CONSTRAINT pk_app_starts PRIMARY KEY (app_id, user_id);


--
-- Name: apps pk_apps; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.apps
    ADD CONSTRAINT pk_apps PRIMARY KEY (id);


--
-- Name: blocks pk_blocks; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT pk_blocks PRIMARY KEY (id);


--
-- Name: demo_templates pk_demo_templates; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.demo_templates
    ADD CONSTRAINT pk_demo_templates PRIMARY KEY (id);


--
-- Name: departments pk_departments; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT pk_departments PRIMARY KEY (id);


--
-- Name: domains pk_domains; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.domains
    ADD CONSTRAINT pk_domains PRIMARY KEY (id);


--
-- Name: event_handlers pk_event_handlers; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_handlers
    ADD CONSTRAINT pk_event_handlers PRIMARY KEY (id);


--
-- Name: files pk_files; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT pk_files PRIMARY KEY (id);


--
-- Name: folders pk_folders; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.folders
    ADD CONSTRAINT pk_folders PRIMARY KEY (id);


--
-- Name: forgotten_media pk_forgotten_media; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.forgotten_media
    ADD CONSTRAINT pk_forgotten_media PRIMARY KEY (media_key);


--
-- Name: form_entries pk_form_entries; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.form_entries
    ADD CONSTRAINT pk_form_entries PRIMARY KEY (id);


--
-- Name: grants pk_grants; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT pk_grants PRIMARY KEY (id);


--
-- Name: group_members pk_group_members; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT pk_group_members PRIMARY KEY (group_id, user_id);


--
-- Name: groups pk_groups; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT pk_groups PRIMARY KEY (id);


--
-- Name: offline_events pk_offline_events; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offline_events
    ADD CONSTRAINT pk_offline_events PRIMARY KEY (id);


--
-- Name: old_addresses pk_old_addresses; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_addresses
    ADD CONSTRAINT pk_old_addresses PRIMARY KEY (site_id, path);


--
-- Name: old_hosts pk_old_hosts; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_hosts
    ADD CONSTRAINT pk_old_hosts PRIMARY KEY (host);


--
-- Name: page_versions pk_page_versions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_versions
    ADD CONSTRAINT pk_page_versions PRIMARY KEY (id);


--
-- Name: pages pk_pages; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT pk_pages PRIMARY KEY (id);


--
-- Name: placements pk_placements; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT pk_placements PRIMARY KEY (id);


--
-- Name: portals pk_portals; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.portals
    ADD CONSTRAINT pk_portals PRIMARY KEY (id);


--
-- Name: previews pk_previews; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.previews
    ADD CONSTRAINT pk_previews PRIMARY KEY (id);


--
-- Name: repo_blocks pk_repo_blocks; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repo_blocks
    ADD CONSTRAINT pk_repo_blocks PRIMARY KEY (id);


--
-- Name: role_codes pk_role_codes; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_codes
    ADD CONSTRAINT pk_role_codes PRIMARY KEY (role_id, code);


--
-- Name: role_rights pk_role_rights; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_rights
    ADD CONSTRAINT pk_role_rights PRIMARY KEY (role_id, site_id);


--
-- Name: roles pk_roles; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT pk_roles PRIMARY KEY (id);


--
-- Name: saved_blocks pk_saved_blocks; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.saved_blocks
    ADD CONSTRAINT pk_saved_blocks PRIMARY KEY (block_id);


--
-- Name: sessions pk_sessions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (id);


--
-- Name: signin_links pk_signin_links; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signin_links
    ADD CONSTRAINT pk_signin_links PRIMARY KEY (id);


--
-- Name: site_bindings pk_site_bindings; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.site_bindings
    ADD CONSTRAINT pk_site_bindings PRIMARY KEY (portal_id, kind, target, site_id);


--
-- Name: site_rights pk_site_rights; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.site_rights
    ADD CONSTRAINT pk_site_rights PRIMARY KEY (portal_id, site_id, code);


--
-- Name: sites pk_sites; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT pk_sites PRIMARY KEY (id);


--
-- Name: special_pages pk_special_pages; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.special_pages
    ADD CONSTRAINT pk_special_pages PRIMARY KEY (site_id, type);


--
-- Name: template_refs pk_template_refs; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.template_refs
    ADD CONSTRAINT pk_template_refs PRIMARY KEY (owner, owner_id, area);


--
-- Name: tokens pk_tokens; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT pk_tokens PRIMARY KEY (id);


--
-- Name: users pk_users; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (id);


--
-- Name: webhooks pk_webhooks; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT pk_webhooks PRIMARY KEY (id);


--
-- Name: apps uq_apps_client_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.apps
    ADD CONSTRAINT uq_apps_client_id UNIQUE (client_id);


--
-- Name: demo_templates uq_demo_templates_portal_id_application_xml_id_use; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.demo_templates
    ADD CONSTRAINT uq_demo_templates_portal_id_application_xml_id_use UNIQUE (portal_id, application, xml_id, use);


--
-- Name: domains uq_domains_host; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.domains
    ADD CONSTRAINT uq_domains_host UNIQUE (host);


--
-- Name: event_handlers uq_event_handlers_binding; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_handlers
    ADD CONSTRAINT uq_event_handlers_binding UNIQUE (app_id, event, handler, user_id, is_offline, connector);


--
-- Name: grants uq_grants_code_hash; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT uq_grants_code_hash UNIQUE (code_hash);


--
-- Name: offline_events uq_offline_events_message; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offline_events
    ADD CONSTRAINT uq_offline_events_message UNIQUE (app_id, connector, message_id, process_id);


--
-- Name: page_versions uq_page_versions_page_id_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_versions
    ADD CONSTRAINT uq_page_versions_page_id_number UNIQUE (page_id, number);


--
-- Name: placements uq_placements_binding; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT uq_placements_binding UNIQUE (app_id, placement, handler, user_id);


--
-- Name: portals uq_portals_domain; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.portals
    ADD CONSTRAINT uq_portals_domain UNIQUE (domain);


--
-- Name: portals uq_portals_member_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.portals
    ADD CONSTRAINT uq_portals_member_id UNIQUE (member_id);


--
-- Name: previews uq_previews_picture; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.previews
    ADD CONSTRAINT uq_previews_picture UNIQUE (page_id, content_hash, width, height, scale, color_scheme, whole, thumbnail, format);


--
-- Name: roles uq_roles_portal_id_section_xml_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT uq_roles_portal_id_section_xml_id UNIQUE (portal_id, section, xml_id);


--
-- Name: sessions uq_sessions_token_hash; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT uq_sessions_token_hash UNIQUE (token_hash);


--
-- Name: signin_links uq_signin_links_code_hash; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signin_links
    ADD CONSTRAINT uq_signin_links_code_hash UNIQUE (code_hash);


--
-- Name: sites uq_sites_portal_id_type_code; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT uq_sites_portal_id_type_code UNIQUE (portal_id, type, code);


--
-- Name: tokens uq_tokens_token_hash; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT uq_tokens_token_hash UNIQUE (token_hash);


--
-- Name: users uq_users_portal_id_login; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT uq_users_portal_id_login UNIQUE (portal_id, login);


--
-- Name: webhooks uq_webhooks_code_hash; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT uq_webhooks_code_hash UNIQUE (code_hash);


--
-- Name: idx_application_versions_owner_timestamp; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_application_versions_owner_timestamp ON dbos.application_versions USING btree (application_name, version_timestamp DESC);


--
-- Name: idx_application_versions_timestamp; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_application_versions_timestamp ON dbos.application_versions USING btree (version_timestamp DESC);


--
-- Name: idx_operation_outputs_completed_at_function_name_v2; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_operation_outputs_completed_at_function_name_v2 ON dbos.operation_outputs USING btree (completed_at_epoch_ms, function_name) INCLUDE (application_name);


--
-- Name: idx_operation_outputs_retention; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_operation_outputs_retention ON dbos.operation_outputs USING btree (retention_timestamp);


--
-- Name: idx_workflow_input_retention; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_input_retention ON dbos.workflow_input USING btree (retention_timestamp);


--
-- Name: idx_workflow_output_retention; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_output_retention ON dbos.workflow_output USING btree (retention_timestamp);


--
-- Name: idx_workflow_status_attributes; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_attributes ON dbos.workflow_status USING gin (attributes) WHERE (attributes IS NOT NULL);


--
-- Name: idx_workflow_status_completed_at; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_completed_at ON dbos.workflow_status USING btree (completed_at) WHERE (completed_at IS NOT NULL);


--
-- Name: idx_workflow_status_deadline; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_deadline ON dbos.workflow_status USING btree (workflow_deadline_epoch_ms) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text, 'DELAYED'::text])) AND (workflow_deadline_epoch_ms IS NOT NULL));


--
-- Name: idx_workflow_status_delayed; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_delayed ON dbos.workflow_status USING btree (delay_until_epoch_ms) WHERE (status = 'DELAYED'::text);


--
-- Name: idx_workflow_status_failed; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_failed ON dbos.workflow_status USING btree (status, created_at) WHERE (status = ANY (ARRAY['ERROR'::text, 'CANCELLED'::text, 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'::text]));


--
-- Name: idx_workflow_status_forked_from; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_forked_from ON dbos.workflow_status USING btree (forked_from) WHERE (forked_from IS NOT NULL);


--
-- Name: idx_workflow_status_in_flight_v2; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_in_flight_v2 ON dbos.workflow_status USING btree (queue_name, status, priority, created_at) INCLUDE (application_name) WHERE (status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text]));


--
-- Name: idx_workflow_status_parent_workflow_id; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_parent_workflow_id ON dbos.workflow_status USING btree (parent_workflow_id) WHERE (parent_workflow_id IS NOT NULL);


--
-- Name: idx_workflow_status_partition_dequeue_v3; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_partition_dequeue_v3 ON dbos.workflow_status USING btree (queue_name, status, queue_partition_key, priority, created_at, workflow_uuid) INCLUDE (application_name) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text])) AND (queue_partition_key IS NOT NULL));


--
-- Name: idx_workflow_status_pending; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_pending ON dbos.workflow_status USING btree (created_at) WHERE (status = 'PENDING'::text);


--
-- Name: idx_workflow_status_rate_limited; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_rate_limited ON dbos.workflow_status USING btree (queue_name, started_at_epoch_ms) WHERE (rate_limited = true);


--
-- Name: idx_workflow_status_schedule_name; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_schedule_name ON dbos.workflow_status USING btree (schedule_name) WHERE (schedule_name IS NOT NULL);


--
-- Name: idx_workflow_status_started_at; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_status_started_at ON dbos.workflow_status USING btree (started_at_epoch_ms) WHERE (started_at_epoch_ms IS NOT NULL);


--
-- Name: idx_workflow_topic; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX idx_workflow_topic ON dbos.notifications USING btree (destination_uuid, topic);


--
-- Name: uq_application_versions_owner_version; Type: INDEX; Schema: dbos; Owner: -
--

CREATE UNIQUE INDEX uq_application_versions_owner_version ON dbos.application_versions USING btree (application_name, version_name) WHERE (application_name IS NOT NULL);


--
-- Name: uq_application_versions_unclaimed_version; Type: INDEX; Schema: dbos; Owner: -
--

CREATE UNIQUE INDEX uq_application_versions_unclaimed_version ON dbos.application_versions USING btree (version_name) WHERE (application_name IS NULL);


--
-- Name: uq_workflow_status_dedup_id; Type: INDEX; Schema: dbos; Owner: -
--

CREATE UNIQUE INDEX uq_workflow_status_dedup_id ON dbos.workflow_status USING btree (queue_name, deduplication_id) WHERE (deduplication_id IS NOT NULL);


--
-- Name: workflow_status_created_at_index; Type: INDEX; Schema: dbos; Owner: -
--

CREATE INDEX workflow_status_created_at_index ON dbos.workflow_status USING btree (created_at);


--
-- Name: ix_apps_portal_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_apps_portal_id ON public.apps USING btree (portal_id);


--
-- Name: ix_blocks_page_id_is_public_sort; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_blocks_page_id_is_public_sort ON public.blocks USING btree (page_id, is_public, sort);


--
-- Name: ix_blocks_portal_id_code; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_blocks_portal_id_code ON public.blocks USING btree (portal_id, code);


--
-- Name: ix_departments_portal_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_departments_portal_id ON public.departments USING btree (portal_id);


--
-- Name: ix_event_handlers_portal_id_event; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_event_handlers_portal_id_event ON public.event_handlers USING btree (portal_id, event);


--
-- Name: ix_files_block_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_files_block_id ON public.files USING btree (block_id);


--
-- Name: ix_folders_deleted_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_folders_deleted_at ON public.folders USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);


--
-- Name: ix_folders_site_id_code; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_folders_site_id_code ON public.folders USING btree (site_id, code);


--
-- Name: ix_form_entries_site_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_form_entries_site_id_id ON public.form_entries USING btree (site_id, id);


--
-- Name: ix_grants_app_id_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_grants_app_id_user_id ON public.grants USING btree (app_id, user_id);


--
-- Name: ix_group_members_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_group_members_user_id ON public.group_members USING btree (user_id);


--
-- Name: ix_groups_portal_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_groups_portal_id ON public.groups USING btree (portal_id);


--
-- Name: ix_old_addresses_page_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_old_addresses_page_id ON public.old_addresses USING btree (page_id);


--
-- Name: ix_old_hosts_site_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_old_hosts_site_id ON public.old_hosts USING btree (site_id);


--
-- Name: ix_pages_deleted_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_pages_deleted_at ON public.pages USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);


--
-- Name: ix_pages_portal_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_pages_portal_id_id ON public.pages USING btree (portal_id, id);


--
-- Name: ix_pages_portal_id_site_id_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_pages_portal_id_site_id_id ON public.pages USING btree (portal_id, site_id, id);


--
-- Name: ix_pages_site_id_code; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_pages_site_id_code ON public.pages USING btree (site_id, code);


--
-- Name: ix_placements_portal_id_placement; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_placements_portal_id_placement ON public.placements USING btree (portal_id, placement);


--
-- Name: ix_previews_media_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_previews_media_key ON public.previews USING btree (media_key);


--
-- Name: ix_previews_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_previews_waiting ON public.previews USING btree (priority, id) WHERE (state = 'pending'::text);


--
-- Name: ix_role_codes_portal_id_code; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_role_codes_portal_id_code ON public.role_codes USING btree (portal_id, code);


--
-- Name: ix_role_rights_portal_id_site_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_role_rights_portal_id_site_id ON public.role_rights USING btree (portal_id, site_id);


--
-- Name: ix_saved_blocks_portal_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_saved_blocks_portal_id ON public.saved_blocks USING btree (portal_id);


--
-- Name: ix_sessions_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sessions_user_id ON public.sessions USING btree (user_id);


--
-- Name: ix_signin_links_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_signin_links_user_id ON public.signin_links USING btree (user_id);


--
-- Name: ix_site_bindings_site_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_site_bindings_site_id ON public.site_bindings USING btree (site_id);


--
-- Name: ix_site_rights_portal_id_code_site_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_site_rights_portal_id_code_site_id ON public.site_rights USING btree (portal_id, code, site_id);


--
-- Name: ix_sites_deleted_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sites_deleted_at ON public.sites USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);


--
-- Name: ix_sites_domain_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sites_domain_id ON public.sites USING btree (domain_id);


--
-- Name: ix_sites_portal_id_deleted_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sites_portal_id_deleted_id ON public.sites USING btree (portal_id, deleted, id);


--
-- Name: ix_sites_portal_id_own_rights_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sites_portal_id_own_rights_id ON public.sites USING btree (portal_id, own_rights, id);


--
-- Name: ix_special_pages_page_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_special_pages_page_id ON public.special_pages USING btree (page_id);


--
-- Name: ix_template_refs_page_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_template_refs_page_id ON public.template_refs USING btree (page_id);


--
-- Name: ix_tokens_grant_id_expires_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_tokens_grant_id_expires_at ON public.tokens USING btree (grant_id, expires_at);


--
-- Name: ix_webhooks_portal_id_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_webhooks_portal_id_user_id ON public.webhooks USING btree (portal_id, user_id);


--
-- Name: uq_repo_blocks_code; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_repo_blocks_code ON public.repo_blocks USING btree (portal_id, application, xml_id) WHERE registered;


--
-- Name: notifications notifications_destination_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.notifications
    ADD CONSTRAINT notifications_destination_uuid_fkey FOREIGN KEY (destination_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: streams streams_workflow_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.streams
    ADD CONSTRAINT streams_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: workflow_events_history workflow_events_history_workflow_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events_history
    ADD CONSTRAINT workflow_events_history_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: workflow_events workflow_events_workflow_uuid_fkey; Type: FK CONSTRAINT; Schema: dbos; Owner: -
--

ALTER TABLE ONLY dbos.workflow_events
    ADD CONSTRAINT workflow_events_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;


--
-- Name: additional_fields fk_additional_fields_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.additional_fields
    ADD CONSTRAINT fk_additional_fields_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: app_options fk_app_options_app_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_options
    ADD CONSTRAINT fk_app_options_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;


--
-- Name: app_options fk_app_options_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_options
    ADD CONSTRAINT fk_app_options_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: app_starts fk_app_starts_app_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_starts
    ADD CONSTRAINT fk_app_starts_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;


--
-- Name: app_starts fk_app_starts_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_starts
    ADD CONSTRAINT fk_app_starts_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: app_starts fk_app_starts_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.app_starts
    ADD CONSTRAINT fk_app_starts_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: apps fk_apps_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.apps
    ADD CONSTRAINT fk_apps_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: blocks fk_blocks_page_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT fk_blocks_page_id FOREIGN KEY (page_id) REFERENCES public.pages(id) ON DELETE CASCADE;


--
-- Name: blocks fk_blocks_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT fk_blocks_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: demo_templates fk_demo_templates_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.demo_templates
    ADD CONSTRAINT fk_demo_templates_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: departments fk_departments_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT fk_departments_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: domains fk_domains_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.domains
    ADD CONSTRAINT fk_domains_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: event_handlers fk_event_handlers_app_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_handlers
    ADD CONSTRAINT fk_event_handlers_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;


--
-- Name: event_handlers fk_event_handlers_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_handlers
    ADD CONSTRAINT fk_event_handlers_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: files fk_files_block_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT fk_files_block_id FOREIGN KEY (block_id) REFERENCES public.blocks(id) ON DELETE SET NULL;


--
-- Name: files fk_files_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT fk_files_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: folders fk_folders_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.folders
    ADD CONSTRAINT fk_folders_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: folders fk_folders_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.folders
    ADD CONSTRAINT fk_folders_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: form_entries fk_form_entries_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.form_entries
    ADD CONSTRAINT fk_form_entries_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: form_entries fk_form_entries_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.form_entries
    ADD CONSTRAINT fk_form_entries_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: grants fk_grants_app_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT fk_grants_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;


--
-- Name: grants fk_grants_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT fk_grants_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: grants fk_grants_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT fk_grants_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: group_members fk_group_members_group_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT fk_group_members_group_id FOREIGN KEY (group_id) REFERENCES public.groups(id) ON DELETE CASCADE;


--
-- Name: group_members fk_group_members_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT fk_group_members_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: group_members fk_group_members_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT fk_group_members_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: groups fk_groups_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT fk_groups_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: offline_events fk_offline_events_app_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offline_events
    ADD CONSTRAINT fk_offline_events_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;


--
-- Name: offline_events fk_offline_events_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offline_events
    ADD CONSTRAINT fk_offline_events_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: old_addresses fk_old_addresses_page_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_addresses
    ADD CONSTRAINT fk_old_addresses_page_id FOREIGN KEY (page_id) REFERENCES public.pages(id) ON DELETE CASCADE;


--
-- Name: old_addresses fk_old_addresses_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_addresses
    ADD CONSTRAINT fk_old_addresses_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: old_addresses fk_old_addresses_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_addresses
    ADD CONSTRAINT fk_old_addresses_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: old_hosts fk_old_hosts_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_hosts
    ADD CONSTRAINT fk_old_hosts_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: old_hosts fk_old_hosts_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.old_hosts
    ADD CONSTRAINT fk_old_hosts_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: page_versions fk_page_versions_page_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_versions
    ADD CONSTRAINT fk_page_versions_page_id FOREIGN KEY (page_id) REFERENCES public.pages(id) ON DELETE CASCADE;


--
-- Name: page_versions fk_page_versions_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.page_versions
    ADD CONSTRAINT fk_page_versions_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: pages fk_pages_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT fk_pages_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: pages fk_pages_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pages
    ADD CONSTRAINT fk_pages_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: placements fk_placements_app_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT fk_placements_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;


--
-- Name: placements fk_placements_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.placements
    ADD CONSTRAINT fk_placements_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: previews fk_previews_page_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.previews
    ADD CONSTRAINT fk_previews_page_id FOREIGN KEY (page_id) REFERENCES public.pages(id) ON DELETE CASCADE;


--
-- Name: previews fk_previews_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.previews
    ADD CONSTRAINT fk_previews_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: repo_blocks fk_repo_blocks_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repo_blocks
    ADD CONSTRAINT fk_repo_blocks_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: role_codes fk_role_codes_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_codes
    ADD CONSTRAINT fk_role_codes_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: role_codes fk_role_codes_role_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_codes
    ADD CONSTRAINT fk_role_codes_role_id FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;


--
-- Name: role_rights fk_role_rights_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_rights
    ADD CONSTRAINT fk_role_rights_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: role_rights fk_role_rights_role_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.role_rights
    ADD CONSTRAINT fk_role_rights_role_id FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;


--
-- Name: roles fk_roles_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT fk_roles_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: saved_blocks fk_saved_blocks_block_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.saved_blocks
    ADD CONSTRAINT fk_saved_blocks_block_id FOREIGN KEY (block_id) REFERENCES public.blocks(id) ON DELETE CASCADE;


--
-- Name: saved_blocks fk_saved_blocks_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.saved_blocks
    ADD CONSTRAINT fk_saved_blocks_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: sessions fk_sessions_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: sessions fk_sessions_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: signin_links fk_signin_links_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signin_links
    ADD CONSTRAINT fk_signin_links_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: signin_links fk_signin_links_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signin_links
    ADD CONSTRAINT fk_signin_links_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: site_bindings fk_site_bindings_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.site_bindings
    ADD CONSTRAINT fk_site_bindings_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: site_bindings fk_site_bindings_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.site_bindings
    ADD CONSTRAINT fk_site_bindings_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: site_rights fk_site_rights_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.site_rights
    ADD CONSTRAINT fk_site_rights_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: sites fk_sites_domain_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT fk_sites_domain_id FOREIGN KEY (domain_id) REFERENCES public.domains(id);


--
-- Name: sites fk_sites_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT fk_sites_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: special_pages fk_special_pages_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.special_pages
    ADD CONSTRAINT fk_special_pages_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: special_pages fk_special_pages_site_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.special_pages
    ADD CONSTRAINT fk_special_pages_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;


--
-- Name: template_refs fk_template_refs_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.template_refs
    ADD CONSTRAINT fk_template_refs_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: tokens fk_tokens_grant_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT fk_tokens_grant_id FOREIGN KEY (grant_id) REFERENCES public.grants(id) ON DELETE CASCADE;


--
-- Name: tokens fk_tokens_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT fk_tokens_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: users fk_users_department_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT fk_users_department_id FOREIGN KEY (department_id) REFERENCES public.departments(id);


--
-- Name: users fk_users_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT fk_users_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: webhooks fk_webhooks_portal_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT fk_webhooks_portal_id FOREIGN KEY (portal_id) REFERENCES public.portals(id) ON DELETE CASCADE;


--
-- Name: webhooks fk_webhooks_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT fk_webhooks_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


